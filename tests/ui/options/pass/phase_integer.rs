//! The cure of `fail/phase_integer.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "sent")]
    fn send_receipt() {}
}
