//! The cure of `fail/borrow_of_local_closure.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler(order: String) {
    let receipt = order;
    #[crosstown_traffic]
    || println!("{receipt}");
}
