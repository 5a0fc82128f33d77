//! A time limit that lets nothing run.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "0s")]
    async fn send_receipt() {}
}

fn main() {}
