//! A nested `fn` that registers when it is called captures nothing.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    println!("{order}");
    #[crosstown_traffic]
    pub fn send_receipt() {
        println!("{order}");
    }
}

fn main() {}
