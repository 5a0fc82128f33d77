//! The attribute on a chain of calls.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    let order = Some(1);
    drop(#[crosstown_traffic] order.map(drop));
}

fn main() {}
