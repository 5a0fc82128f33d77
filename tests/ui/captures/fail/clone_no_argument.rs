//! A `fn` with arguments has nothing else to clone.

use std::sync::Arc;

use crosstown_runtime::crosstown_traffic;

pub fn handler(phone: Arc<str>, number: u32) {
    #[crosstown_traffic(clone(phone))]
    fn place_call(number: u32) {
        println!("{phone} calls {number}");
    }
    place_call(number);
}

#[crosstown_traffic(on_call, clone(phone as line))]
fn hang_up() {
    println!("{line}");
}

pub struct Shop {
    pub phone: Arc<str>,
}

impl Shop {
    #[crosstown_traffic(clone(phone))]
    pub fn ring(&self, (number, _): (u32, u32)) {
        println!("{phone} calls {number}");
    }
}

fn main() {
    hang_up();
}
