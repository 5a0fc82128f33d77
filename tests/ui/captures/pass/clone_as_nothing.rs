use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic(clone(order as again))]
    fn send_receipt() {
        println!("{again}");
    }
    drop(order);
}
