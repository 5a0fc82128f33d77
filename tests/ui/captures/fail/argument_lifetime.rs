//! A type that borrows.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: std::borrow::Cow<'_, str>) {
    let _kept = to;
}

fn main() {}
