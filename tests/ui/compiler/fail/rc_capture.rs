//! A capture that must stay on its thread.

use crosstown_runtime::crosstown_traffic;
use std::rc::Rc;

pub fn handler(order: Rc<str>) {
    #[crosstown_traffic]
    fn send_receipt() {
        println!("{order}");
    }
}

fn main() {}
