//! Options written as the fields of a struct.

use crosstown_runtime::crosstown_traffic;

pub fn handler() {
    #[crosstown_traffic{same_thread: true, name: "receipt"}]
    fn send_receipt() {}
}

fn main() {}
