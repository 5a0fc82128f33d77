//! Every mistake of one use is reported.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(same_tread = true, phase = "delivred", no_go = [99, "5x"], name = "")]
    fn send_receipt() {}
}

fn main() {}
