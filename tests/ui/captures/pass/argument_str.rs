//! The cure of `fail/argument_str.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: String) {
    let _kept = to;
}
