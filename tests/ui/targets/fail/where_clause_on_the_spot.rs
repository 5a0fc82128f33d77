//! A condition on types that are known already.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    fn send_receipt()
    where
        u32: Copy,
    {
    }
}

fn main() {}
