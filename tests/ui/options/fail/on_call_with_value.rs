//! An option that takes no value.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_call = true)]
    fn send_receipt() {}
}

fn main() {}
