//! A class that no status has.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["0xx"])]
    fn send_receipt() {}
}

fn main() {}
