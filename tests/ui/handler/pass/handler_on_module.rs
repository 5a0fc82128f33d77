//! The cure of `fail/handler_on_module.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {}
