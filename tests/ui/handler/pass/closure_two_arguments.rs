//! The cure of `fail/closure_two_arguments.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    |sent| println!("{sent:?}");
}
