//! A borrowed path.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: &std::path::Path) {
    let _kept = to;
}

fn main() {}
