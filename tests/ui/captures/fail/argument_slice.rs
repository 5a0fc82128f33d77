//! A borrowed list.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: &[u8]) {
    let _kept = to;
}

fn main() {}
