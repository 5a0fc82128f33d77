//! The cure of `fail/empty_string.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [])]
    fn send_receipt() {}
}
