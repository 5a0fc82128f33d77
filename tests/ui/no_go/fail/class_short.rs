//! A class with one `x`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5x"])]
    fn send_receipt() {}
}

fn main() {}
