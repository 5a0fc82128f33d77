//! Whether the end of a response is still in the hands of its own task.
//!
//! hyper gives h2 each frame in the task of the stream, as soon as the body has
//! handed it on. When the peer has reset the stream meanwhile, h2 refuses the
//! frame and lets go of it there and then. Any other frame it lets go of from
//! the connection's task, which turns to its I/O stream first. So an end that is
//! dropped on the thread that handed it on, before that thread has come to an
//! I/O stream, was refused.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    /// What was handed on last, until an I/O stream is polled; 0 for nothing.
    static IN_HAND: Cell<u64> = const { Cell::new(0) };
}

/// Notes that the end of a response is being handed on. Returns a name for it,
/// which no other has: an address may be that of the next.
pub(crate) fn take() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let name = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    IN_HAND.set(name);
    name
}

/// Whether this end was the last that this thread handed on, and no I/O stream
/// was polled since.
pub(crate) fn holds(name: u64) -> bool {
    IN_HAND.get() == name
}

/// Notes that an I/O stream is polled.
pub(super) fn put_down() {
    IN_HAND.set(0);
}
