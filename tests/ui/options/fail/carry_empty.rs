//! A list of task-locals with none in it.

use crosstown_runtime::crosstown_traffic;

tokio::task_local! {
    static TENANT: u8;
}

pub fn handler() {
    #[crosstown_traffic(carry())]
    fn send_receipt() {}
}

fn main() {}
