//! Panics of the user's code: kept from going further, and what may be used after
//! one.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};

use tokio::sync::Notify;

use crate::executor::Executor;
use crate::scope::ScopeHandle;
use crate::task::Registration;
#[cfg(feature = "wire")]
use crate::wire::WireHandle;

/// The text of a panic.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> &str {
    if let Some(message) = payload.downcast_ref::<&'static str>() {
        message
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else {
        "a panic whose payload is no text"
    }
}

/// Wakes all who wait there. Of wakers beside one that panics, tokio forgets some.
#[cold]
pub(crate) fn wake_all(waiting: &Notify) {
    contained(|| waiting.notify_waiters());
}

/// Calls code of the user's that hears of tasks: a subscriber, a recorder, a waker.
/// Its panic is kept from the task.
pub(crate) fn contained(body: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(body)) {
        drop_contained(payload);
    }
}

/// Drops a value of the user's; a panic in its destructor goes no further.
pub(crate) fn drop_contained<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        // Dropping this payload could panic without end; a leak of it can't.
        mem::forget(payload);
    }
}

// What stands behind a lock of this crate is sound after a panic (see `lock.rs`), so
// that a handle to it may be carried into a `catch_unwind`.
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
