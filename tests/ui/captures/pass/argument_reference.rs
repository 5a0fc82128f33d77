//! The cure of `fail/argument_reference.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: u32) {
    let _kept = to;
}
