//! The cure of `fail/on_call_closure.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    let phone = String::new();
    #[crosstown_traffic]
    || drop(phone);
}
