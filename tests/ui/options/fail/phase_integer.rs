//! A phase that is no word.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = 2)]
    fn send_receipt() {}
}

fn main() {}
