//! The cure of `fail/change_of_clone.rs`, as the compiler's help says.

use crosstown_runtime::crosstown_traffic;

pub fn handler(calls: Vec<u32>) {
    #[crosstown_traffic(clone(mut calls))]
    fn place_calls() {
        calls.push(7);
    }
    drop(calls);
}
