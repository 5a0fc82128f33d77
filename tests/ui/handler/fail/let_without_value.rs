//! A `let` without a value.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    let task;
    task = || println!("later");
    drop(task);
}

fn main() {}
