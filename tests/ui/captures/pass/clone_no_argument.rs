//! Arguments, fields, and what has a name for everybody.

use std::sync::{Arc, OnceLock};

use crosstown_runtime::crosstown_traffic;

static PHONE: OnceLock<Arc<str>> = OnceLock::new();

pub fn handler(phone: Arc<str>, number: u32) {
    #[crosstown_traffic(clone(phone))]
    fn place_call(phone: Arc<str>, number: u32) {
        println!("{phone} calls {number}");
    }
    place_call(Arc::clone(&phone), number);

    #[crosstown_traffic(clone(phone))]
    fn place_another() {
        println!("{phone} calls {number}");
    }
    drop((place_another, phone));
}

#[crosstown_traffic(on_call, clone(PHONE as line))]
fn hang_up() {
    println!("{line:?}");
}

pub struct Shop {
    pub phone: Arc<str>,
}

impl Shop {
    #[crosstown_traffic(clone(self.phone as phone, number))]
    pub fn ring(&self, (number, _): (u32, u32)) {
        println!("{phone} calls {number}");
    }
}

pub fn main() {
    hang_up();
}
