//! A function that constants could call.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub const fn send_receipt() {}

fn main() {}
