//! An async body can't run where the response was finished.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true)]
    async fn send_receipt() {}
}

fn main() {}
