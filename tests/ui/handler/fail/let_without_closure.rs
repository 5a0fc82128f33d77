//! A `let` with another value.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    let order = 1;
    drop(order);
}

fn main() {}
