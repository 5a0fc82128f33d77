//! A time limit that is no string.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = 30)]
    async fn send_receipt() {}
}

fn main() {}
