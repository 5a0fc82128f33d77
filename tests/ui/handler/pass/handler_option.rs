//! The cure of `fail/handler_option.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler(crate = ::crosstown_runtime)]
pub fn handler() {
    #[crosstown_traffic(phase = "head")]
    || ();
}
