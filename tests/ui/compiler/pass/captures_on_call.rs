//! The cure of `fail/captures_on_call.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    println!("{order}");
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{order}");
    }
}
