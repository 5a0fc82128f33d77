//! The cure of `fail/argument_slice.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: Vec<u8>) {
    let _kept = to;
}
