//! A code that no status has, as a string.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["099"])]
    fn send_receipt() {}
}

fn main() {}
