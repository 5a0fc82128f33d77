//! The cure of `fail/clone_without_name.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(self.phone as phone))]
        fn place_call() {
            println!("calling {phone}");
        }
        drop((a, b));
    }

    #[crosstown_traffic(clone(self.phone as phone))]
    pub fn place_call(&self) {
        println!("calling {phone}");
    }
}
