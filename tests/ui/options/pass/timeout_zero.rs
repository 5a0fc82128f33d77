//! The cure of `fail/timeout_zero.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "1ms")]
    async fn send_receipt() {}
}
