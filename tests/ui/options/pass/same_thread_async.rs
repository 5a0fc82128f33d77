//! The cure of `fail/same_thread_async.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    async fn send_receipt() {}
}
