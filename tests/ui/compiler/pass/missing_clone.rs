//! The cure of `fail/missing_clone.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(phone: String) {
    for call in 0..3 {
        #[crosstown_traffic(clone(phone))]
        fn place_call() {
            println!("{phone} {call}");
        }
    }
}
