//! The cure of `fail/call_of_registration.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{order}");
    }
    #[crosstown_traffic]
    fn ring() {}
}
