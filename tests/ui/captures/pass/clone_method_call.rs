//! The cure of `fail/clone_method_call.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(a as trimmed))]
        fn place_call() {
            drop(trimmed);
        }
        drop((a, b));
    }
}
