use crosstown_runtime::crosstown_traffic;

pub fn handler(paid: bool) {
    #[crosstown_traffic(also = async move { paid })]
    fn send_receipt() {}
}
