//! A type parameter that may stay on its thread.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt<T>(order: T) {
    drop(order);
}

fn main() {}
