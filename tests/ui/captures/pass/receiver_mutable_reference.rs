//! The cure of `fail/receiver_mutable_reference.rs`.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub struct Mailer {
    pub host: Arc<str>,
}

impl Mailer {
    #[crosstown_traffic(clone(self.host as host))]
    pub fn send(&mut self) {
        println!("{}", host);
    }
}
