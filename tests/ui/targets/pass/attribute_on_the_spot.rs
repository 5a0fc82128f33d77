//! The cure of `fail/attribute_on_the_spot.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_call)]
    #[inline]
    fn send_receipt() {}
    send_receipt();
}
