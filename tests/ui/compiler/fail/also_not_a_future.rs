//! A gate that nobody could wait for.

use crosstown_runtime::crosstown_traffic;

pub fn handler(paid: bool) {
    #[crosstown_traffic(also = paid)]
    fn send_receipt() {}
}

fn main() {}
