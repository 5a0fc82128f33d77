//! The two attributes of a `fn`, in the order that does not work.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic]
    #[crosstown_runtime::crosstown_handler]
    fn nested() {
        #[crosstown_traffic]
        || println!("in the closure");
    }
}

fn main() {}
