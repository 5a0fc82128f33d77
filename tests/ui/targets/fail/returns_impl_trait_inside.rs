//! An error without a name.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), impl std::fmt::Display> {
        Err("no address")
    }
}

fn main() {}
