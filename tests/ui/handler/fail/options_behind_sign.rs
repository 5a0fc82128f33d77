//! Options that don't stand between parentheses.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic = "head"]
    || ();
}

fn main() {}
