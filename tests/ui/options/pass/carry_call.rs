//! The cure of `fail/carry_call.rs`.

use crosstown_runtime::crosstown_traffic;

tokio::task_local! {
    static TENANT: u8;
}

pub fn handler() {
    #[crosstown_traffic(carry(TENANT))]
    fn send_receipt() {}
}
