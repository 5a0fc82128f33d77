//! The cure of `fail/on_field.rs`.

use crosstown_runtime::crosstown_handler;

pub struct Job<T> {
    pub work: T,
}

#[crosstown_handler]
pub fn handler() {
    drop(Job {
        work: #[crosstown_traffic] || println!("later"),
    });
}
