//! A name without quotes.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(name = receipt)]
    fn send_receipt() {}
}

fn main() {}
