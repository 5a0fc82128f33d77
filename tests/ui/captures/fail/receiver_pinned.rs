//! A receiver that is borrowed in a pin.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub struct Mailer {
    pub host: Arc<str>,
}

impl Mailer {
    #[crosstown_traffic]
    pub fn send(self: std::pin::Pin<&mut Self>) {
        println!("{}", self.host);
    }
}

fn main() {}
