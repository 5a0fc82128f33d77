//! A task-local that is carried twice.

use crosstown_runtime::crosstown_traffic;

tokio::task_local! {
    static TENANT: u8;
}

pub fn handler() {
    #[crosstown_traffic(carry(TENANT, TENANT))]
    fn send_receipt() {}
}

fn main() {}
