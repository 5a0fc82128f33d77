//! Room for the tasks of the next response.
//!
//! A list that has grown for one response is kept for the next one that the same
//! thread serves. What is handed out is freed by other threads, and a handler
//! whose list grows would wait until the allocator has put that in order: a fifth
//! of the time that 100 registrations take on a machine that was idle.

use std::cell::Cell;
use std::sync::Arc;

use super::runnable::Runnable;
use crate::sys::per_thread;

/// For how many tasks there is room in a list before it grows.
const LEAST: usize = 8;

/// The largest room that is kept, in tasks: 4 KiB for each thread.
const MOST: usize = 256;

/// The list of some [`Tasks`](super::Tasks); one that is kept is empty.
type Room = Vec<Arc<dyn Runnable>>;

per_thread!(KEPT: Cell<Room> = Cell::new(Room::new()));
// Tells cheaply, since it has no destructor.
per_thread!(IS_KEPT: Cell<bool> = Cell::new(false));

/// Returns room for some tasks.
#[inline]
pub(super) fn take() -> Room {
    if IS_KEPT.with(Cell::get) {
        return take_kept();
    }
    Room::with_capacity(LEAST)
}

#[inline(never)]
fn take_kept() -> Room {
    IS_KEPT.with(|is_kept| is_kept.set(false));
    // The thread may be about to end.
    KEPT.try_with(Cell::take).unwrap_or_default()
}

/// Whether the room has grown, but not by too much.
#[inline]
pub(super) fn is_worth_keeping(room: &Room) -> bool {
    room.capacity() > LEAST && room.capacity() <= MOST
}

/// Keeps the room of a list that is empty now.
#[inline(never)]
pub(super) fn keep(room: Room) {
    debug_assert!(room.is_empty(), "tasks are not kept");
    if KEPT.try_with(|kept| kept.set(room)).is_ok() {
        IS_KEPT.with(|is_kept| is_kept.set(true));
    }
}
