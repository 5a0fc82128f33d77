//! An option of a closure with a slip in it.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(same_tread = true)]
    || ();
}

fn main() {}
