//! A rule that wants too much.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(when = |sent, body| sent.bytes() > body)]
    fn send_receipt() {}
}

fn main() {}
