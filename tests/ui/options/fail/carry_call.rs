//! A value where the name of a task-local should stand.

use crosstown_runtime::crosstown_traffic;

tokio::task_local! {
    static TENANT: u8;
}

pub fn handler() {
    #[crosstown_traffic(carry(TENANT.get()))]
    fn send_receipt() {}
}

fn main() {}
