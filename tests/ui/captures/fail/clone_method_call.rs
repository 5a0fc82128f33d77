//! More than a place to clone.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(a.trim()))]
        fn place_call() {
            println!("calling");
        }
        drop((a, b));
    }
}

fn main() {}
