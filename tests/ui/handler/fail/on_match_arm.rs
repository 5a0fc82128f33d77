//! The attribute in front of a `match` arm.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    match 1 {
        #[crosstown_traffic]
        1 => drop(|| println!("later")),
        _ => {}
    }
}

fn main() {}
