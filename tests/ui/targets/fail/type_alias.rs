//! The attribute on a type alias.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub type Receipt = u32;

fn main() {}
