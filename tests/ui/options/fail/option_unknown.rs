//! An option that nothing resembles.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(retries = 3)]
    fn send_receipt() {}
}

fn main() {}
