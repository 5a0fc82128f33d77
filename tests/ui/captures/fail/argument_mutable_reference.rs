//! A value borrowed to be changed.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: &mut Vec<u8>) {
    let _kept = to;
}

fn main() {}
