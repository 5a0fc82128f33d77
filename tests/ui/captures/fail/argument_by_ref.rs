//! An argument that the pattern borrows.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub fn send_receipt((ref order, id): (String, u32)) {
    println!("{order} {id}");
}

fn main() {}
