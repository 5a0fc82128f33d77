//! A closure outside `#[crosstown_handler]`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    let task = #[crosstown_traffic]
    || println!("later");
    drop(task);
}

fn main() {}
