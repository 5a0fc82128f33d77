//! A range that leaves out its end.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [400..406])]
    fn send_receipt() {}
}

fn main() {}
