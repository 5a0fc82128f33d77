//! The cure of `fail/class_zero.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["1xx"])]
    fn send_receipt() {}
}
