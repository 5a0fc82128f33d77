//! The cure of `fail/name_not_a_string.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(name = "receipt")]
    fn send_receipt() {}
}
