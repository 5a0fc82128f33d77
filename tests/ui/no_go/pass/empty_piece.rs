//! The cure of `fail/empty_piece.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(no_go = ["5xx,404"])]
    fn send_receipt() {}
}
