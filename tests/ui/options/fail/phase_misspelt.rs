//! A phase with a slip in it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "delivred")]
    fn send_receipt() {}
}

fn main() {}
