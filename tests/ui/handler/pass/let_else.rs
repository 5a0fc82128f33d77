//! The cure of `fail/let_else.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    let task = || println!("later");
}
