//! A closure that a macro's variable stands for.

use crosstown_runtime::crosstown_handler;

#[crosstown_handler]
pub fn handler() {
    macro_rules! later {
        ($work:expr) => {
            drop(#[crosstown_traffic] $work)
        };
    }
    later!(|| println!("later"));
}

fn main() {}
