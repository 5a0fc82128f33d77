//! A receiver borrowed to be changed.

use crosstown_runtime::crosstown_traffic;
use std::sync::Arc;

pub struct Mailer {
    pub host: Arc<str>,
}

impl Mailer {
    #[crosstown_traffic]
    pub fn send(&mut self) {
        println!("{}", self.host);
    }
}

fn main() {}
