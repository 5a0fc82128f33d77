//! The cure of `fail/wildcard_of_a_guard.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Guard {
    pub number: u32,
    pub name: String,
}

impl Drop for Guard {
    fn drop(&mut self) {}
}

#[crosstown_traffic]
pub fn release(Guard { number, .. }: Guard) {
    println!("{number}");
}
