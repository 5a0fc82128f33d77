//! A body that isn't of the type it says.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() {
        7
    }

    #[crosstown_traffic]
    async fn send_invoice() -> Result<(), String> {
        7
    }
}

fn main() {}
