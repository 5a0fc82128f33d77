//! The cure of `fail/without_response_misspelt.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(without_response = "panic")]
    fn send_receipt() {}
}
