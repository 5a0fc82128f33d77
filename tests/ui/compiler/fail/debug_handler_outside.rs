//! `debug_handler` copies the body before `crosstown_handler` sees it.

use crosstown_runtime::{crosstown_handler, crosstown_traffic};
use axum::debug_handler;

#[debug_handler]
#[crosstown_handler]
pub async fn handler(order: String) -> String {
    let task = #[crosstown_traffic(clone(order))]
    || drop(order);
    drop(task);
    order
}

fn main() {}
