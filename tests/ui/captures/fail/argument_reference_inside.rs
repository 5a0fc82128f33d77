//! A borrow inside another type.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: Option<&str>) {
    let _kept = to;
}

fn main() {}
