//! The attribute on a enum.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub enum Receipt {
    Sent,
}

fn main() {}
