//! The cure of `fail/code_not_digits.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["404"])]
    fn send_receipt() {}
}
