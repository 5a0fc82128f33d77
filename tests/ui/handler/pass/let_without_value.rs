//! The cure of `fail/let_without_value.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    let task;
    task = #[crosstown_traffic] || println!("later");
    drop(task);
}
