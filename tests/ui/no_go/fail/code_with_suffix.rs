//! Codes with a suffix.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [404xx, 500_i8])]
    fn send_receipt() {}
}

fn main() {}
