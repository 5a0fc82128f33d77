//! The cure of `fail/timeout_too_long.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "24h")]
    async fn send_receipt() {}
}
