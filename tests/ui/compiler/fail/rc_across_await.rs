//! A future that must stay on its thread.

use crosstown_runtime::crosstown_traffic;
use std::rc::Rc;

pub fn handler() {
    #[crosstown_traffic]
    async fn send_receipt() {
        let order = Rc::new(1);
        std::future::ready(()).await;
        println!("{order}");
    }
}

fn main() {}
