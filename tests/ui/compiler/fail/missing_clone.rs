//! What one task has moved away.

use crosstown_runtime::crosstown_traffic;

pub fn handler(phone: String) {
    for call in 0..3 {
        #[crosstown_traffic]
        fn place_call() {
            println!("{phone} {call}");
        }
    }
}

fn main() {}
