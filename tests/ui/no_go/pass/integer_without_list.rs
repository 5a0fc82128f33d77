//! The cure of `fail/integer_without_list.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [404])]
    fn send_receipt() {}
}
