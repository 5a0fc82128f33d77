//! The attribute on a whole `impl` block.

use crosstown_runtime::crosstown_traffic;

pub struct Mailer;

#[crosstown_traffic]
impl Mailer {
    pub fn send(self) {}
}

fn main() {}
