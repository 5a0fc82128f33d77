//! Whether the end of a response is still in the hands of its own task.
//!
//! hyper gives h2 each frame in the task of the stream, as soon as the body has
//! handed it on. When the peer has reset the stream meanwhile, h2 refuses the
//! frame and lets go of it there and then. Any other frame it lets go of from
//! the connection's task, which turns to its I/O stream first. So an end that is
//! dropped on the thread that handed it on, before that thread has come to an
//! I/O stream, was refused.

use std::cell::Cell;

thread_local! {
    /// The address of what was handed on last, until an I/O stream is polled.
    static IN_HAND: Cell<usize> = const { Cell::new(0) };
}

/// Notes that the end of a response is being handed on.
pub(crate) fn take<T>(end: &T) {
    IN_HAND.set(address(end));
}

/// Whether this end was the last that this thread handed on, and no I/O stream
/// was polled since.
pub(crate) fn holds<T>(end: &T) -> bool {
    IN_HAND.get() == address(end)
}

/// Notes that an I/O stream is polled.
pub(super) fn put_down() {
    IN_HAND.set(0);
}

fn address<T>(end: &T) -> usize {
    std::ptr::from_ref(end).addr()
}
