//! A clone `as mut`, and no name behind it.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: Vec<u32>) {
    #[crosstown_traffic(clone(order as mut))]
    fn send_receipt() {
        order.clear();
    }
}

fn main() {}
