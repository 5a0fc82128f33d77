//! The cure of `fail/extern_fn.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(order: u32) {
    let _ = order;
}
