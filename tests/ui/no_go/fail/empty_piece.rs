//! Two commas with nothing between.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5xx,,404"])]
    fn send_receipt() {}
}

fn main() {}
