//! The cure of `fail/where_clause_on_the_spot.rs`.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic(on_call)]
    fn send_receipt()
    where
        u32: Copy,
    {
    }
    send_receipt();
}
