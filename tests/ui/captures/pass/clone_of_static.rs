use crosstown_runtime::crosstown_traffic;

static SHOP: &str = "tea";

pub fn handler() {
    #[crosstown_traffic(clone(SHOP as shop))]
    fn send_receipt() {
        println!("{shop}");
    }
}
