//! The cure of `fail/handler_on_struct.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {}
