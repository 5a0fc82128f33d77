//! Ranges without quotes, which are subtractions.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = [400-405, 505-500, 4xx-5xx])]
    fn send_receipt() {}
}

fn main() {}
