//! A phase that nothing resembles.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase = "later")]
    fn send_receipt() {}
}

fn main() {}
