//! The cure of `fail/same_thread_string.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true)]
    fn send_receipt() {}
}
