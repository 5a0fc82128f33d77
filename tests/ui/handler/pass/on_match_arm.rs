//! The cure of `fail/on_match_arm.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    match 1 {
        1 => drop(#[crosstown_traffic] || println!("later")),
        _ => {}
    }
}
