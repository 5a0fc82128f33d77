//! The cure of `fail/several_mistakes.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_thread = true, phase = "delivered", no_go = [100, "5xx"], name = "receipt")]
    fn send_receipt() {}
}
