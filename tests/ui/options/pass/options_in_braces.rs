//! The cure of `fail/options_in_braces.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true, name = "receipt")]
    fn send_receipt() {}
}
