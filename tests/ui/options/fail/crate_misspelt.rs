//! The path to the runtime, misspelt.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(crat = crosstown_runtime)]
    fn send_receipt() {}
}

fn main() {}
