//! The cure of `fail/borrow_of_local.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    let receipt = order;
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{receipt}");
    }
}
