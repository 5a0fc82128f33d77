//! A choice with a slip in it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(without_response = "panick")]
    fn send_receipt() {}
}

fn main() {}
