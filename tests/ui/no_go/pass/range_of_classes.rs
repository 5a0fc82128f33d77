//! The cure of `fail/range_of_classes.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["400-599"])]
    fn send_receipt() {}
}
