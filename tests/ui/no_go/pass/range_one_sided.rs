//! The cure of `fail/range_one_sided.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["400-405"])]
    fn send_receipt() {}
}
