//! A range with a letter in it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["400-4o5"])]
    fn send_receipt() {}
}

fn main() {}
