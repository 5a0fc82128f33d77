//! The cure of `fail/timeout_closure.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(timeout = "30s")]
    async || ();
}
