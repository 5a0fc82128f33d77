//! A result that nobody could name.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> impl std::fmt::Display {
        "sent"
    }
}

fn main() {}
