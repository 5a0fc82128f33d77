//! The cure of `fail/timeout_decimal.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "1500ms")]
    async fn send_receipt() {}
}
