//! A field of `&self`, which ends with the request.

use crosstown_runtime::crosstown_traffic;

pub struct Shop {
    phone: String,
}

impl Shop {
    pub fn handler(&self) {
        #[crosstown_traffic]
        fn place_call() {
            println!("{}", self.phone);
        }
    }
}

fn main() {}
