//! The cure of `fail/key_integer.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(key = "7")]
    fn send_receipt() {}
}
