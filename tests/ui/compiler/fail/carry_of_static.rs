//! What is carried is no task-local.

use crosstown_runtime::crosstown_traffic;

mod tenant {
    pub static NAME: &str = "acme";
}

pub fn handler() {
    #[crosstown_traffic(carry(tenant::NAME))]
    fn send_receipt() {}
}

fn main() {}
