//! A name that names nothing.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(name = "")]
    fn send_receipt() {}
}

fn main() {}
