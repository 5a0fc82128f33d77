//! A closure where a future should stand.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(also = || ready())]
    fn send_receipt() {}
}

fn main() {}
