//! The cure of `fail/clone_twice.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(a, b))]
        fn place_call() {
            drop((a, b));
        }
        drop((a, b));
    }
}
