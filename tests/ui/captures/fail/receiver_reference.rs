//! A borrowed receiver.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub struct Mailer {
    pub host: Arc<str>,
}

impl Mailer {
    #[crosstown_traffic]
    pub fn send(&self) {
        println!("{}", self.host);
    }
}

fn main() {}
