//! A function for other languages to call.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub extern "C" fn send_receipt(order: u32) {
    let _ = order;
}

fn main() {}
