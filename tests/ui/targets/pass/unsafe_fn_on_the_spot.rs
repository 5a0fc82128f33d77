//! The cure of `fail/unsafe_fn_on_the_spot.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() {}
    send_receipt.cancel();
}
