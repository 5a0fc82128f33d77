//! A value for each of a few groups of threads, so that threads which serve
//! requests seldom meet at one.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::sys::{SHARDS, per_thread};

/// A value for each of a few groups of threads.
#[derive(Default)]
pub(super) struct Sharded<T> {
    shards: [Shard<T>; SHARDS],
}

/// A value on cache lines of its own; processors fetch them in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Shard<T>(T);

/// Of a thread that has no number yet.
const NONE: usize = usize::MAX;

per_thread!(MINE: Cell<usize> = Cell::new(NONE));

/// The number of this thread.
#[inline]
fn number() -> usize {
    let number = MINE.try_with(|mine| match mine.get() {
        NONE => join(mine),
        number => number,
    });
    // A thread that is ending takes the first.
    number.unwrap_or(0)
}

#[cold]
fn join(mine: &Cell<usize>) -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    let number = THREADS.fetch_add(1, Ordering::Relaxed);
    mine.set(number);
    number
}

/// The number of this thread's group.
#[inline]
pub(super) fn here() -> usize {
    number() % SHARDS
}

impl<T> Sharded<T> {
    /// The value of this thread's group.
    #[inline]
    pub(super) fn mine(&self) -> &T {
        self.at(here())
    }

    /// The value of a group.
    #[inline]
    pub(super) fn at(&self, group: usize) -> &T {
        &self.shards[group].0
    }

    /// The values of all groups.
    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.shards.iter().map(|shard| &shard.0)
    }
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn threads_share_themselves_out_and_each_stays_in_its_group() {
        let group = || {
            let group = here();
            assert_eq!(here(), group);
            group
        };
        // Other tests may start threads in between.
        let threads = (0..4 * SHARDS).map(|_| thread::spawn(group));
        let groups = threads.map(|thread| thread.join().expect("no panic"));
        let groups = groups.collect::<HashSet<_>>();
        assert!(groups.len() > SHARDS / 2, "{groups:?}");
    }
}
