//! The cure of `fail/closure_option_misspelt.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(same_thread = true)]
    || ();
}
