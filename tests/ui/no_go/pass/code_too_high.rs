//! The cure of `fail/code_too_high.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [404, 999])]
    fn send_receipt() {}
}
