//! A rule that can't be asked.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(when = 404)]
    fn send_receipt() {}
}

fn main() {}
