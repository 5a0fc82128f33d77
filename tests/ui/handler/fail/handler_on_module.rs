//! The handler's attribute on a module.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
mod shop {}

fn main() {}
