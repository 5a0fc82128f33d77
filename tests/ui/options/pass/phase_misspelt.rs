//! The cure of `fail/phase_misspelt.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "delivered")]
    fn send_receipt() {}
}
