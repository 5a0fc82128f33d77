//! An option's name with a slip in it.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_tread = true)]
    fn send_receipt() {}
}

fn main() {}
