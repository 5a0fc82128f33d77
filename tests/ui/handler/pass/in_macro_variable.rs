//! The cure of `fail/in_macro_variable.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    let task = #[crosstown_traffic] || println!("later");
    drop(task);
}
