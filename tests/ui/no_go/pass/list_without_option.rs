//! The cure of `fail/list_without_option.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["4xx"])]
    fn send_receipt() {}
}
