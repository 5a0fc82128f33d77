//! Nobody would say which type it is.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt<T>() {
        drop(None::<T>);
    }
}

fn main() {}
