//! A function that asks something of its caller. What calls it is not at fault.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
unsafe fn send_receipt(order: u32) {
    let _ = order;
}

pub fn handler() {
    send_receipt(7).cancel();
}

fn main() {}
