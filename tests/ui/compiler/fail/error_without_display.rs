//! An error that can't be reported.

use crosstown_runtime::crosstown_traffic;

pub struct Failure;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), Failure> {
        Err(Failure)
    }
}

fn main() {}
