//! A code that no status has.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [404, 1000])]
    fn send_receipt() {}
}

fn main() {}
