//! A task that holds its adapter where that tells of the response, for the client
//! to be looked at meanwhile.
//!
//! What is in the kernel reaches a client on a thread of its own, whatever the
//! thread of the adapter does; what is not there yet can't, as long as it is held.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::lock::lock;

/// How often the client looks.
pub(super) const LOOK: Duration = Duration::from_millis(10);
/// How many looks in vain say that a byte is not in the kernel: half a second.
///
/// Looks and no time: a client that the machine lets wait has not looked.
const LOOKS_FOR_THE_END: u32 = 50;
/// How many looks a head gets that should not be there.
const LOOKS_FOR_THE_HEAD: u32 = 10;
/// How long an adapter is held by a client that doesn't look at all.
const LIMIT: Duration = Duration::from_secs(10);

/// A part of a response, which the client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Head,
    /// All of it.
    End,
}

/// What the client has, for the task that holds the adapter.
#[derive(Debug, Default)]
pub(super) struct Hold {
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    has: Option<Part>,
    /// How often the client found nothing new.
    looks: u32,
    /// The client has left, with what it has.
    is_over: bool,
}

impl Hold {
    /// The client has this part.
    pub(super) fn has(&self, part: Part) {
        self.note(|seen| seen.has = Some(part));
    }

    /// The client found nothing new.
    pub(super) fn looked(&self) {
        self.note(|seen| seen.looks += 1);
    }

    /// The client leaves.
    pub(super) fn is_over(&self) {
        self.note(|seen| seen.is_over = true);
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut lock(&self.seen));
        self.changed.notify_all();
    }

    /// Holds until the client has the end, or can't have it.
    pub(super) fn at_the_end(&self) -> Result<(), &'static str> {
        match self.watch(Part::End, LOOKS_FOR_THE_END) {
            Some(Part::End) => Ok(()),
            _ => {
                Err("a task has started too early: while it ran, the client could not have the end")
            }
        }
    }

    /// Holds for a while in which the client must not have the head.
    pub(super) fn at_the_head(&self) -> Result<(), &'static str> {
        match self.watch(Part::Head, LOOKS_FOR_THE_HEAD) {
            None => Ok(()),
            Some(_) => Err("a task of the phase `head` has not ended, and the client has the head"),
        }
    }

    /// Waits until the client has this part or has looked so often, and returns
    /// what it has.
    fn watch(&self, part: Part, looks: u32) -> Option<Part> {
        let seen = lock(&self.seen);
        let last = seen.looks.saturating_add(looks);
        let is_open = |seen: &mut Seen| seen.has < Some(part) && seen.looks < last && !seen.is_over;
        let waited = self.changed.wait_timeout_while(seen, LIMIT, is_open);
        waited.map_or(None, |(seen, _)| seen.has)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Instant;

    use super::*;

    /// What a task finds that holds at both, while a client that has this much looks
    /// in vain for more.
    fn held(has: Option<Part>) -> [bool; 2] {
        let hold = Hold::default();
        if let Some(part) = has {
            hold.has(part);
        }
        thread::scope(|scope| {
            let task = scope.spawn(|| [hold.at_the_head().is_ok(), hold.at_the_end().is_ok()]);
            while !task.is_finished() {
                hold.looked();
                thread::yield_now();
            }
            task.join().expect("no panic")
        })
    }

    #[test]
    fn the_head_must_not_be_there_and_the_end_must() {
        assert_eq!(held(None), [true, false]);
        assert_eq!(held(Some(Part::Head)), [false, false]);
        assert_eq!(held(Some(Part::End)), [false, true]);
    }

    #[test]
    fn a_client_that_leaves_is_waited_for_no_longer() {
        let hold = Hold::default();
        hold.is_over();
        let start = Instant::now();
        assert!(hold.at_the_head().is_ok());
        assert!(hold.at_the_end().is_err());
        assert!(start.elapsed() < LIMIT, "it waited for the limit");
        hold.has(Part::End);
        assert!(hold.at_the_end().is_ok());
    }
}
