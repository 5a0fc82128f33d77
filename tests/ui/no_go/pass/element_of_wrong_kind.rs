//! The cure of `fail/element_of_wrong_kind.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5xx"])]
    fn send_receipt() {}
}
