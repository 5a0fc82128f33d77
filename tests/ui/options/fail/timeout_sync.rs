//! A body that blocks can't be stopped.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "30s")]
    fn send_receipt() {}
}

fn main() {}
