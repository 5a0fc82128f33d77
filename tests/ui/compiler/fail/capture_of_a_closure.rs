//! A task that takes what the closure around it needs for the next one.

use crosstown_runtime::crosstown_traffic;

fn each_call(work: impl FnMut(u32)) {
    (0..3).for_each(work);
}

pub fn handler(order: String) {
    each_call(|call| {
        #[crosstown_traffic]
        fn place_call() {
            println!("{order} {call}");
        }
    });
}

fn main() {}
