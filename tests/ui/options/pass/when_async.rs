//! The cure of `fail/when_async.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(when = |sent| sent.bytes() > 0)]
    fn send_receipt() {}
}
