//! A code below zero.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [-1])]
    fn send_receipt() {}
}

fn main() {}
