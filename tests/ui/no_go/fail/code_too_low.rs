//! A code that no status has.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [99])]
    fn send_receipt() {}
}

fn main() {}
