//! An attribute that another one holds, on a closure.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[cfg_attr(all(), crosstown_traffic)]
    || println!("hidden");
}

fn main() {}
