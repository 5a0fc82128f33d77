//! The cure of `fail/timeout_integer.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "30s")]
    async fn send_receipt() {}
}
