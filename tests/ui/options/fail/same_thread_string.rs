//! A boolean written as a string.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = "true")]
    fn send_receipt() {}
}

fn main() {}
