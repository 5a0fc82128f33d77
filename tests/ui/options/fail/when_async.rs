//! A rule that would have to wait.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(when = async |sent| ready(sent).await)]
    fn send_receipt() {}
}

fn main() {}
