//! A value where an option's name should stand.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic("head")]
    fn send_receipt() {}
}

fn main() {}
