//! One option, given twice.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "head", phase = "sent")]
    fn send_receipt() {}
}

fn main() {}
