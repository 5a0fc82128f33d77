//! The cure of `fail/closure_returns_integer.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    || println!("{}", 7);
}
