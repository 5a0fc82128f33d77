//! A part without a name, in the pattern of an argument that has a destructor: it is
//! held to the end of the task.

use crosstown_runtime::crosstown_traffic;

pub struct Guard {
    pub number: u32,
    pub name: String,
}

impl Drop for Guard {
    fn drop(&mut self) {}
}

#[crosstown_traffic]
pub fn release(Guard { number, name: _ }: Guard) {
    println!("{number}");
}

fn main() {}
