//! The cure of `fail/on_abort_unknown.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_abort = "run")]
    fn send_receipt() {}
}
