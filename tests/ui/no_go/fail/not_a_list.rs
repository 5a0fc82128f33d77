//! Something that is no list.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = true)]
    fn send_receipt() {}
}

fn main() {}
