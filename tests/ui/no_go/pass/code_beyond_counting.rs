//! The cure of `fail/code_beyond_counting.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [999])]
    fn send_receipt() {}
}
