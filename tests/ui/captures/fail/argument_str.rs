//! A borrowed string.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: &str) {
    let _kept = to;
}

fn main() {}
