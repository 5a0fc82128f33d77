//! The cure of `fail/option_without_comma.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true, phase = "head")]
    fn send_receipt() {}
}
