//! A result that nobody is left to receive.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> u32 {
        7
    }
}

fn main() {}
