//! The handler's attribute on a struct.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub struct Shop;

fn main() {}
