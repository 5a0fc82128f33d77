//! A closure's value that nobody is left to receive.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    || 7;
}

fn main() {}
