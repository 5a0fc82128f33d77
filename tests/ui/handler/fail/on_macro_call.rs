//! The attribute on a macro's call.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    println!("now");
}

fn main() {}
