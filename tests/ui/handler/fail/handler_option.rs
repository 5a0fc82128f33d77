//! An option of a task on the handler.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler(phase = "head")]
pub fn handler() {
    #[crosstown_traffic]
    || ();
}

fn main() {}
