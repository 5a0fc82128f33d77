//! The cure of `fail/receiver_reference.rs`.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub struct Mailer {
    pub host: Arc<str>,
}

impl Mailer {
    #[crosstown_traffic]
    pub fn send(self: Arc<Self>) {
        println!("{}", self.host);
    }
}
