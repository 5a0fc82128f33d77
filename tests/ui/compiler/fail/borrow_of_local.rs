//! A reference to what ends with the request.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    let receipt = order.as_str();
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{receipt}");
    }
}

fn main() {}
