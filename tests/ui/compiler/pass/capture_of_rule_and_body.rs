use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic(clone(order, order as answered), when = |_| answered.is_ascii())]
    fn send_receipt() {
        println!("{order}");
    }
    drop(order);
}
