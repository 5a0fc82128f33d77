//! A key that is no text.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(key = 7)]
    fn send_receipt() {}
}

fn main() {}
