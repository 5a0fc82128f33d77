//! The attribute on a whole trait.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
pub trait Mailer {
    fn send(self);
}

fn main() {}
