//! The attribute on a struct.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub struct Receipt {
    pub id: u32,
}

fn main() {}
