//! A key that names a field.

use crosstown_runtime::crosstown_traffic;

pub struct Order {
    id: u32,
}

pub fn handler(order: Order) {
    #[crosstown_traffic(key = "order-{order.id}")]
    fn send_receipt() {
        println!("{}", order.id);
    }
}

fn main() {}
