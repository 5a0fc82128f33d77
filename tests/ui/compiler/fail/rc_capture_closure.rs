//! A closure's capture that must stay on its thread.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler(order: &std::rc::Rc<str>) {
    let later = order.clone();
    #[crosstown_traffic]
    || println!("{later}");
}

fn main() {}
