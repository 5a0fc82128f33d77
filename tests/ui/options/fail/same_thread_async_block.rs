//! An async block can't run where the response was finished.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(same_thread = true)]
    async {};
}

fn main() {}
