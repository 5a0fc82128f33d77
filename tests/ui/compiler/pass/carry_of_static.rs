use crosstown_runtime::crosstown_traffic;

mod tenant {
    tokio::task_local! {
        pub static NAME: &'static str;
    }
}

pub fn handler() {
    #[crosstown_traffic(carry(tenant::NAME))]
    fn send_receipt() {}
}
