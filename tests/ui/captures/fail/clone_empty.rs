//! A list of clones without one.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone())]
        fn place_call() {
            println!("calling");
        }
        drop((a, b));
    }
}

fn main() {}
