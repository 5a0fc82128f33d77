//! A clone named by a word that is no name.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic(clone(order as self))]
    fn send_receipt() {
        println!("{order}");
    }
    #[crosstown_traffic(clone(order as crate))]
    fn send_invoice() {
        println!("{order}");
    }
}

fn main() {}
