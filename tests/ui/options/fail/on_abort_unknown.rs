//! A choice that isn't there.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_abort = "retry")]
    fn send_receipt() {}
}

fn main() {}
