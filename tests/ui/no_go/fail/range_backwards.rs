//! A range from high to low.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["405-400"])]
    fn send_receipt() {}
}

fn main() {}
