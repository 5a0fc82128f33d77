//! Two options with nothing between.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true phase = "head")]
    fn send_receipt() {}
}

fn main() {}
