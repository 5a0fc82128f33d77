//! The cure of `fail/returns_integer.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), u32> {
        Err(7)
    }
}
