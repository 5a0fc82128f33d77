//! An option that needs a value.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread)]
    fn send_receipt() {}
}

fn main() {}
