//! No parameters, in an `impl` block.

use crosstown_runtime::crosstown_traffic;

pub struct Cache;

impl Cache {
    #[crosstown_traffic]
    fn warm() {}
}

fn main() {}
