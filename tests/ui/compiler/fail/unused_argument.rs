//! An argument that only shares its name with a field.
#![deny(unused_variables)]

use crosstown_runtime::crosstown_traffic;

pub struct User {
    id: u32,
}

#[crosstown_traffic]
pub fn greet(id: u32, user: User) {
    println!("{}", user.id);
}

fn main() {}
