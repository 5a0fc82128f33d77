//! The cure of `fail/range_with_suffix.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["500-598"])]
    fn send_receipt() {}
}
