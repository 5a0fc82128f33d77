//! A clone whose new name is missing.

use crosstown_runtime::crosstown_traffic;

pub fn handler(order: String) {
    #[crosstown_traffic(clone(order as))]
    fn send_receipt() {
        println!("{order}");
    }
}

fn main() {}
