//! The cure of `fail/argument_trait_object.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: Box<dyn std::fmt::Display + Send>) {
    let _kept = to;
}
