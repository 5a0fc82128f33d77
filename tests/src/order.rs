//! A clock that counts, so that "before" is no matter of time.

use std::sync::atomic::{AtomicU64, Ordering};

/// Returns a number greater than every one returned before, on any thread.
pub fn tick() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}
