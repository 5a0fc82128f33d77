//! The cure of `fail/clone_with_sign.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(a))]
        fn place_call() {
            drop(a);
        }
        drop((a, b));
    }
}
