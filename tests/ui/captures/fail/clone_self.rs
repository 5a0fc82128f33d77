//! The clone of `self` needs another name.

use crosstown_runtime::crosstown_traffic;

#[derive(Clone)]
pub struct Shop;

impl Shop {
    pub fn handler(&self) {
        #[crosstown_traffic(clone(self))]
        fn place_call() {}
    }
}

fn main() {}
