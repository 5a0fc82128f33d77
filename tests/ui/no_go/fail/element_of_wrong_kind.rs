//! An element that is no status.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5xx", true])]
    fn send_receipt() {}
}

fn main() {}
