//! The cure of `fail/options_behind_sign.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic(phase = "head")]
    || ();
}
