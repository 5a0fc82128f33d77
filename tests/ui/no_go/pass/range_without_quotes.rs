//! The cure of `fail/range_without_quotes.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["400-405", "500-505", "400-599"])]
    fn send_receipt() {}
}
