//! The cure of `fail/let_value_is_a_call.rs`.

use crosstown_runtime::crosstown_handler;

pub fn send_receipt() {}

#[crosstown_handler]
pub fn handler() {
    let receipt = #[crosstown_traffic]
    || send_receipt();
    drop(receipt);
}
