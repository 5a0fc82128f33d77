//! The cure of `fail/clone_mut_without_name.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: Vec<u32>) {
    #[crosstown_traffic(clone(order as mut order))]
    fn send_receipt() {
        order.clear();
    }
}
