//! Statuses, and not what they are there for.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic("4xx")]
    fn send_receipt() {}
}

fn main() {}
