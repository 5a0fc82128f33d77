//! The cure of `fail/trait_block.rs`.

use crosstown_runtime::crosstown_traffic;

pub trait Mailer: Sized + Send + 'static {
    #[crosstown_traffic]
    fn send(self) {}
}
