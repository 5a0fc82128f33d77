//! A time limit with a unit of its own.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "30sec")]
    async fn send_receipt() {}
}

fn main() {}
