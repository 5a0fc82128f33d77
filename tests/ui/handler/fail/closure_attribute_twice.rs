//! Two attributes on one closure.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(phase = "head")]
    #[crosstown_traffic(same_thread = true)]
    || ();
}

fn main() {}
