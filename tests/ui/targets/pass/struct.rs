//! The cure of `fail/struct.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic(on_call)]
fn send_receipt() {}

pub fn handler() {
    send_receipt();
}
