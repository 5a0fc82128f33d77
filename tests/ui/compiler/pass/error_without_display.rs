//! The cure of `fail/error_without_display.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), String> {
        Err("failed".into())
    }
}
