//! A borrowed trait object.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: &dyn std::fmt::Display) {
    let _kept = to;
}

fn main() {}
