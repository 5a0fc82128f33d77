//! The cure of `fail/on_call_with_value.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_call)]
    fn send_receipt() {}
}
