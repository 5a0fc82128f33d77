//! The cure of `fail/rc_capture.rs`.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub fn handler(order: Arc<str>) {
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{order}");
    }
}
