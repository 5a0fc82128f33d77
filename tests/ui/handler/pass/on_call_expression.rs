//! The cure of `fail/on_call_expression.rs`.

use crosstown_runtime::crosstown_handler;

pub fn send_receipt() {}

#[crosstown_handler]
pub fn handler() {
    drop(#[crosstown_traffic] || send_receipt());
}
