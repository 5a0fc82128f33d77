//! A function that asks something of its caller.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub unsafe fn send_receipt(order: u32) {
    let _ = order;
}

fn main() {}
