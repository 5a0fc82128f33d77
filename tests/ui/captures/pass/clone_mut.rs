//! The cure of `fail/clone_mut.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phones: Vec<u32>,
}

impl Shop {
    pub fn handler(&self, a: Vec<u32>, b: Vec<u32>) {
        #[crosstown_traffic(clone(a as mut c, self.phones as mut phones, mut b))]
        fn place_call() {
            c.push(1);
            phones.append(&mut c);
            b.append(&mut phones);
        }
        drop((a, b));
    }
}
