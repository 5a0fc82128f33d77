//! The cure of `fail/clone_new_name.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(a as c))]
        fn place_call() {
            drop(c);
        }
        drop((a, b));
    }
}
