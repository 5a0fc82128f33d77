//! A closure's reference to what ends with the request.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler(order: String) {
    let receipt = order.as_str();
    #[crosstown_traffic]
    || println!("{receipt}");
}

fn main() {}
