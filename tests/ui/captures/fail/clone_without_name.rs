//! The clone of a field, without a name.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    pub phone: String,
}

impl Shop {
    pub fn handler(&self, a: String, b: String) {
        #[crosstown_traffic(clone(self.phone))]
        fn place_call() {
            println!("calling {phone}");
        }
        drop((a, b));
    }

    #[crosstown_traffic(clone(self.phone))]
    pub fn place_call(&self) {
        println!("calling {phone}");
    }
}

fn main() {}
