//! No parameters, and no body around it to register in.

use crosstown_runtime::crosstown_traffic;

#[crosstown_traffic]
fn warm_cache() {}

fn main() {}
