//! The cure of `fail/argument_reference_inside.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: Option<String>) {
    let _kept = to;
}
