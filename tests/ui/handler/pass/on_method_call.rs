//! The cure of `fail/on_method_call.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    let order = Some(1);
    drop(#[crosstown_traffic] move || order.map_or((), drop));
}
