//! The cure of `fail/generic_without_send.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt<T: Send + 'static>(order: T) {
    drop(order);
}
