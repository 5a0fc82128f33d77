//! Classes without quotes, which Rust takes for integers with a suffix.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [4xx, 5XX])]
    fn send_receipt() {}
}

fn main() {}
