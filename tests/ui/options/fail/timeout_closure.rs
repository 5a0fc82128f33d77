//! A closure that blocks can't be stopped.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(timeout = "30s")]
    || ();
}

fn main() {}
