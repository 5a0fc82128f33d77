//! The cure of `fail/clone_self.rs`.

use crosstown_runtime::crosstown_traffic;

#[derive(Clone)]
pub struct Shop;

impl Shop {
    pub fn handler(&self) {
        #[crosstown_traffic(clone(self as this))]
        fn place_call() {
            drop(this);
        }
    }
}
