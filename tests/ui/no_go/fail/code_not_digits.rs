//! A code with a letter in it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["4o4"])]
    fn send_receipt() {}
}

fn main() {}
