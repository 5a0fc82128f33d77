//! A rule and a body that both take one clone.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic(clone(order), when = |_| order.is_ascii())]
    fn send_receipt() {
        println!("{order}");
    }
    drop(order);
}

fn main() {}
