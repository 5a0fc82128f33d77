//! Every fault in a list is reported.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [99, "5x", "405-400", 1000])]
    fn send_receipt() {}
}

fn main() {}
