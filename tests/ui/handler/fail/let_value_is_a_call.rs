//! A call as the value of a `let`, where the compiler accepts no attribute at all.

use crosstown_runtime::crosstown_handler;

pub fn send_receipt() {}

#[crosstown_handler]
pub fn handler() {
    let receipt = #[crosstown_traffic]
    send_receipt();
    drop(receipt);
}

fn main() {}
