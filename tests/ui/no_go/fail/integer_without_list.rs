//! One code without a list around it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = 404)]
    fn send_receipt() {}
}

fn main() {}
