//! The cure of `fail/option_without_name.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "head")]
    fn send_receipt() {}
}
