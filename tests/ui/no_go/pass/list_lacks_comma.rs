//! The cure of `fail/list_lacks_comma.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["4xx", "5xx"])]
    fn send_receipt() {}
}
