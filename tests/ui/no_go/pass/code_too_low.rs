//! The cure of `fail/code_too_low.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [100])]
    fn send_receipt() {}
}
