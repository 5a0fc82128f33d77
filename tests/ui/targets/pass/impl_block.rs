//! The cure of `fail/impl_block.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Mailer;

impl Mailer {
    #[crosstown_traffic]
    pub fn send(self) {}
}
