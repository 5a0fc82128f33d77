//! The crate's one way to take a lock.

use std::sync::PoisonError;

use crate::sys::{Mutex, MutexGuard};

/// Locks `mutex`, also when a thread panicked while it held the lock.
///
/// No user code runs under any lock of this crate, so a poisoned lock can only
/// mean that a panic came from the allocator or from a bug here; the data under
/// it is changed by single assignments and pushes and stays sound.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
