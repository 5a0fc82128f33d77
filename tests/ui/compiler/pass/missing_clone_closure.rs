//! The cure of `fail/missing_clone_closure.rs`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler(phone: String) {
    for call in 0..3 {
        #[crosstown_traffic(clone(phone))]
        || println!("{phone} {call}");
    }
}
