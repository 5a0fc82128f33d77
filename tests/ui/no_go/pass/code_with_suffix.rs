//! The cure of `fail/code_with_suffix.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [404, 500])]
    fn send_receipt() {}
}
