//! A function that asks something of its caller, where it stands. What uses its
//! registration is not at fault.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    unsafe fn send_receipt() {}
    send_receipt.cancel();
}

fn main() {}
