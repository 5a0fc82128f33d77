//! A future that nobody awaits.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    || async { println!("never") };
}

fn main() {}
