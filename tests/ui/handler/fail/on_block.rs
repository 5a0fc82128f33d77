//! A block without `async` runs where it stands.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    {
        println!("now");
    }
}

fn main() {}
