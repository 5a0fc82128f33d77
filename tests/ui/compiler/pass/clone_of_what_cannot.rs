//! The cure of `fail/clone_of_what_cannot.rs`.

use crosstown_runtime::crosstown_traffic;

#[derive(Clone)]
pub struct Phone;

pub fn handler(phone: Phone) {
    #[crosstown_traffic(clone(phone))]
    fn place_call() {
        drop(phone);
    }
    drop(phone);
}
