//! The attribute in front of a field.

use crosstown_runtime::crosstown_handler;

pub struct Job<T> {
    pub work: T,
}

#[crosstown_handler]
pub fn handler() {
    Job {
        #[crosstown_traffic]
        work: || println!("later"),
    };
}

fn main() {}
