//! A clone of a type that has none.

use crosstown_runtime::crosstown_traffic;

pub struct Phone;

pub fn handler(phone: Phone) {
    #[crosstown_traffic(clone(phone))]
    fn place_call() {
        drop(phone);
    }
}

fn main() {}
