//! The cure of `fail/same_thread_also.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler(committed: impl Future<Output = ()> + Send + 'static) {
    #[crosstown_traffic(also = committed)]
    fn send_receipt() {}
}
