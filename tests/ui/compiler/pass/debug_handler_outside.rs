//! The cure of `fail/debug_handler_outside.rs`.

use crosstown_runtime::crosstown_handler;
use axum::debug_handler;

#[crosstown_handler]
#[debug_handler]
pub async fn handler(order: String) -> String {
    let task = #[crosstown_traffic(clone(order))]
    || drop(order);
    drop(task);
    order
}
