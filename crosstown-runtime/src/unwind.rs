//! What may be used after a panic.
//!
//! What stands behind a lock of this crate is sound after a panic (see `lock.rs`), so
//! that a handle to it may be carried into a `catch_unwind`.

use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::executor::Executor;
use crate::scope::ScopeHandle;
use crate::task::Registration;
#[cfg(feature = "wire")]
use crate::wire::WireHandle;

macro_rules! sound_after_a_panic {
    ($($type:ty),*) => {
        $(impl UnwindSafe for $type {}
        impl RefUnwindSafe for $type {})*
    };
}

sound_after_a_panic!(Executor, Registration, ScopeHandle);
#[cfg(feature = "wire")]
sound_after_a_panic!(WireHandle);

#[cfg(all(test, feature = "tower"))]
mod tests {
    use super::*;

    #[test]
    fn a_layer_may_be_used_after_a_panic() {
        fn is<T: UnwindSafe + RefUnwindSafe>() {}
        is::<crate::tower::CrosstownLayer>();
    }
}
