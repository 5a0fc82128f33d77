//! What one task has moved away, with closures.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler(phone: String) {
    for call in 0..3 {
        #[crosstown_traffic]
        || println!("{phone} {call}");
    }
}

fn main() {}
