//! The cure of `fail/several_faults.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [100, "5xx", "400-405", 999])]
    fn send_receipt() {}
}
