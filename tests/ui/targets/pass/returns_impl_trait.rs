//! The cure of `fail/returns_impl_trait.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), String> {
        Err("not sent".into())
    }
}
