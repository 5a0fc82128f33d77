//! A choice that another option has.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_response = "panic")]
    fn send_receipt() {}
}

fn main() {}
