//! The cure of `fail/let_without_closure.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    let order = || println!("later");
    drop(order);
}
