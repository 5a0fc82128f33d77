//! The attribute on a constant.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub const RECEIPT: u32 = 1;

fn main() {}
