//! A value between parentheses.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(phase("head"))]
    fn send_receipt() {}
}

fn main() {}
