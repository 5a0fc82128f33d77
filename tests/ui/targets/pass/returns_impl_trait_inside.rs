use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt() -> Result<(), &'static str> {
        Err("no address")
    }
}
