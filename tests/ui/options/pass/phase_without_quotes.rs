//! The cure of `fail/phase_without_quotes.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "head")]
    fn send_receipt() {}
}
