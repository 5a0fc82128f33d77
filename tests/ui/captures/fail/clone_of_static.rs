//! A static, whose name no variable can take.

use crosstown_runtime::crosstown_traffic;

static SHOP: &str = "tea";

pub fn handler() {
    #[crosstown_traffic(clone(SHOP))]
    fn send_receipt() {
        println!("{SHOP}");
    }
}

fn main() {}
