//! A task that wants more than `Sent`.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    #[crosstown_traffic]
    |sent, order| println!("{sent:?} {order}");
}

fn main() {}
