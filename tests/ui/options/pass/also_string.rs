//! The cure of `fail/also_string.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(also = async {})]
    fn send_receipt() {}
}
