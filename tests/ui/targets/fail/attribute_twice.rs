//! Two attributes on one function.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "head")]
    #[crosstown_traffic(same_thread = true)]
    fn send_receipt() {}
}

fn main() {}
