//! The cure of `fail/associated_fn_without_parameters.rs`.

use crosstown_runtime::crosstown_traffic;

pub struct Cache;

impl Cache {
    #[crosstown_traffic]
    pub fn warm() {}
}
