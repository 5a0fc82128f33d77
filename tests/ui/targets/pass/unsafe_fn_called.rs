//! The cure of `fail/unsafe_fn_called.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
fn send_receipt(order: u32) {
    let _ = order;
}

pub fn handler() {
    send_receipt(7).cancel();
}
