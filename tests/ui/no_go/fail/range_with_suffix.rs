//! The end of a range in Rust's notation has a type.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [500..599u16])]
    fn send_receipt() {}
}

fn main() {}
