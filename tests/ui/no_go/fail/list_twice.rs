//! Two lists.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["4xx"], no_go = [302])]
    fn send_receipt() {}
}

fn main() {}
