//! The attribute on a module.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub mod receipts {}

fn main() {}
