//! A key that is the same for every task.

use crosstown_runtime::crosstown_traffic;

pub fn handler(id: u32) {
    #[crosstown_traffic(key = "")]
    fn send_receipt() {}
}

fn main() {}
