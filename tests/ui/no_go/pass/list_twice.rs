//! The cure of `fail/list_twice.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["4xx", 302])]
    fn send_receipt() {}
}
