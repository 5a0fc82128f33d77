//! The cure of `fail/self_of_reference.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    phone: String,
}

impl Shop {
    pub fn handler(&self) {
        #[crosstown_traffic(clone(self.phone as phone))]
        fn place_call() {
            println!("{}", phone);
        }
    }
}
