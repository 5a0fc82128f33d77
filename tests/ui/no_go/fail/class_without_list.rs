//! One class without quotes, and without a list around it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = 5xx)]
    fn send_receipt() {}
}

fn main() {}
