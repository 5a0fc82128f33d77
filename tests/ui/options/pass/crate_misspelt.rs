use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(crate = crosstown_runtime)]
    fn send_receipt() {}
}
