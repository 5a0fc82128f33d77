//! A colon, as between a field and its value.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread: true)]
    fn send_receipt() {}
}

fn main() {}
