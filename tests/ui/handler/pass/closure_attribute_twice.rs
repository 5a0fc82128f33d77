//! The cure of `fail/closure_attribute_twice.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(phase = "head", same_thread = true)]
    || ();
}
