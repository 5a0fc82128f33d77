//! A `mut` that stands in front of no new name.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phones: Vec<u32>,
}

impl Shop {
    pub fn handler(&self, a: Vec<u32>, b: Vec<u32>) {
        #[crosstown_traffic(clone(mut a as c, mut self.phones, mut b))]
        fn place_call() {
            println!("calling {phones:?} {b:?} {c:?}");
        }
        drop((a, b));
    }
}

fn main() {}
