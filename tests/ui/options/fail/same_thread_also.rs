//! Waiting and running on the spot exclude each other.

use crosstown_runtime::crosstown_traffic;

pub fn handler(committed: impl Future<Output = ()> + Send + 'static) {
    #[crosstown_traffic(same_thread = true, also = committed)]
    fn send_receipt() {}
}

fn main() {}
