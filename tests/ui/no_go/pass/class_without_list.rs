//! The cure of `fail/class_without_list.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5xx"])]
    fn send_receipt() {}
}
