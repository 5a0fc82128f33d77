//! The cure of `fail/same_thread_async_block.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    async {};
}
