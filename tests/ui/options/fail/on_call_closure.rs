//! A closure isn't called by its name.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    let phone = String::new();
    #[crosstown_traffic(on_call)]
    || drop(phone);
}

fn main() {}
