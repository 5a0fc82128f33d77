//! A range without an end.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["400-"])]
    fn send_receipt() {}
}

fn main() {}
