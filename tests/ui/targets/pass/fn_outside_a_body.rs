//! The cure of `fail/fn_outside_a_body.rs`.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic(on_call)]
fn warm_cache() {}

pub fn handler() {
    warm_cache();
}
