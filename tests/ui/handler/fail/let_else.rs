//! A registration always matches.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    let task = || println!("later") else {
        return;
    };
}

fn main() {}
