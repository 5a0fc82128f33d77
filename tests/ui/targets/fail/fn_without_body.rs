//! A method that a trait only declares.

use crosstown_runtime::crosstown_traffic;

pub trait Mailer {
    #[crosstown_traffic]
    fn send(self);
}

fn main() {}
