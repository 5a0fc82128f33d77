//! A body that returns no error.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic]
    fn send_receipt() {
        let id: u32 = order.parse()?;
        println!("{id}");
    }
}

fn main() {}
