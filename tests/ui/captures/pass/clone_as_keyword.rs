use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic(clone(order as this))]
    fn send_receipt() {
        println!("{this}");
    }
    #[crosstown_traffic(clone(order as that))]
    fn send_invoice() {
        println!("{that}");
    }
    drop(order);
}
