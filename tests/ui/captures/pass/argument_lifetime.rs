//! The cure of `fail/argument_lifetime.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt(to: std::borrow::Cow<'static, str>) {
    let _kept = to;
}
