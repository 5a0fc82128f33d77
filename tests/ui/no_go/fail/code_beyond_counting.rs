//! A code that no integer holds.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [99999999999999999999])]
    fn send_receipt() {}
}

fn main() {}
