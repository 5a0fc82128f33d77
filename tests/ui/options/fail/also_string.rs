//! A string where a future should stand.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(also = "commit")]
    fn send_receipt() {}
}

fn main() {}
