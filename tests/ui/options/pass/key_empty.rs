//! The cure of `fail/key_empty.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(id: u32) {
    #[crosstown_traffic(key = "order-{id}")]
    fn send_receipt() {}
}
