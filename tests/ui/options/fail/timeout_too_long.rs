//! A time limit beyond counting.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(timeout = "18446744073709551615h")]
    async fn send_receipt() {}
}

fn main() {}
