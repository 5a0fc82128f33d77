//! A time limit that is no whole number.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "1.5s")]
    async fn send_receipt() {}
}

fn main() {}
