//! The cure of `fail/option_with_colon.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true)]
    fn send_receipt() {}
}
