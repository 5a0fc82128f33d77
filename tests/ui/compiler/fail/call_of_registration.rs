//! A nested `fn` without parameters is called, behind it and in front of it.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{order}");
    }
    send_receipt();
    ring();
    #[crosstown_traffic]
    fn ring() {}
}

fn main() {}
