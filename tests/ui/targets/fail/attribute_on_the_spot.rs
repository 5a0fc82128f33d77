//! An attribute that a closure can't have.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    #[inline]
    fn send_receipt() {}
}

fn main() {}
