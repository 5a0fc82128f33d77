//! A class in capitals.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5XX"])]
    fn send_receipt() {}
}

fn main() {}
