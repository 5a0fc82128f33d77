//! A registration at the end of a function that returns nothing.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    || println!("answered")
}

fn main() {}
