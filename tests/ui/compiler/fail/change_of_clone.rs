//! A body changes what was cloned for it.

use crosstown_runtime::crosstown_traffic;

pub fn handler(calls: Vec<u32>) {
    #[crosstown_traffic(clone(calls))]
    fn place_calls() {
        calls.push(7);
    }
    drop(calls);
}

fn main() {}
