//! A call, whose value is no work.

use crosstown_runtime::crosstown_handler;

pub fn send_receipt() {}

#[crosstown_handler]
pub fn handler() {
    drop(#[crosstown_traffic] send_receipt());
}

fn main() {}
