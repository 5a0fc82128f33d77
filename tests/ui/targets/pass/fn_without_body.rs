//! The cure of `fail/fn_without_body.rs`.

use crosstown_runtime::crosstown_traffic;
use crosstown_runtime::Registration;

pub trait Mailer {
    fn send(self) -> Registration;
}

impl Mailer for u32 {
    #[crosstown_traffic]
    fn send(self) {}
}
