//! The cure of `fail/attribute_twice.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "head", same_thread = true)]
    fn send_receipt() {}
}
