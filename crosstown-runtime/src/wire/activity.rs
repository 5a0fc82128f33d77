//! What an HTTP/2 connection's task is doing when h2 lets go of a frame, as far
//! as the I/O stream under it can tell.
//!
//! h2 lets go of a frame while it looks at what it has received, because the
//! stream was reset; or while it writes, because the frame is encoded. Each turn
//! of its task it reads until nothing is left, then writes.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use super::turn::Operation;

/// What the connection's task is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It looks at what it has received.
    Receiving,
    /// It writes.
    Writing,
    /// It is between two turns, where h2 throws its queue away when it gives up; or
    /// it goes on with a long one after a flush.
    Between,
    /// One or the other: the next operation tells, see [`Rule::Next`].
    ///
    /// [`Rule::Next`]: super::Rule::Next
    Either,
}

/// The last operations of a connection's task.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// A [`Last`] as a number.
    last: AtomicU8,
    /// Whether the stream carries TLS records. Who reads them may read until
    /// nothing is left before it hands on the first byte, as tokio-rustls does.
    is_secured: AtomicBool,
    /// Whether a turn is under way: each ends flushed or blocked.
    is_under_way: AtomicBool,
}

/// What the last read gave, and what came of the writes since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Last {
    /// It found nothing.
    Drained,
    /// It gave something.
    Received,
    /// It found nothing; bytes were written or flushed since, and none blocked.
    Wrote,
    /// It found nothing; a write has blocked since.
    DrainedBlocked,
    /// It gave something; a write has blocked since.
    ReceivedBlocked,
}

impl Activity {
    /// Notes whether a read has given something.
    #[inline]
    pub(super) fn read(&self, gave: bool) {
        self.set(if gave { Last::Received } else { Last::Drained });
    }

    /// Notes an operation.
    pub(super) fn note(&self, operation: Operation) {
        let is_under_way = !matches!(operation, Operation::Flushed | Operation::Blocked);
        self.is_under_way.store(is_under_way, Ordering::Relaxed);
        match (self.last(), operation) {
            (Last::Drained, Operation::Written | Operation::Flushed) => self.set(Last::Wrote),
            (Last::Drained | Last::Wrote, Operation::Blocked) => self.set(Last::DrainedBlocked),
            (Last::Received, Operation::Blocked) => self.set(Last::ReceivedBlocked),
            _ => {}
        }
    }

    /// Notes that the stream carries TLS records.
    pub(super) fn set_secured(&self) {
        self.is_secured.store(true, Ordering::Relaxed);
    }

    /// What the task is doing. True only when asked from that task.
    pub(super) fn doing(&self) -> Doing {
        match self.last() {
            Last::Received => Doing::Receiving,
            // It may have had to write before it could look at the rest.
            Last::ReceivedBlocked => Doing::Either,
            Last::Wrote => self.writing(),
            Last::Drained | Last::DrainedBlocked if self.is_secured.load(Ordering::Relaxed) => {
                Doing::Either
            }
            Last::Drained | Last::DrainedBlocked => self.writing(),
        }
    }

    fn writing(&self) -> Doing {
        if self.is_under_way.load(Ordering::Relaxed) {
            Doing::Writing
        } else {
            Doing::Between
        }
    }

    #[inline]
    fn set(&self, last: Last) {
        self.last.store(last as u8, Ordering::Relaxed);
    }

    fn last(&self) -> Last {
        const ALL: [Last; 5] = [
            Last::Drained,
            Last::Received,
            Last::Wrote,
            Last::DrainedBlocked,
            Last::ReceivedBlocked,
        ];
        ALL[usize::from(self.last.load(Ordering::Relaxed))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the task is doing after a read that gave something, or did not, and
    /// the operations that followed.
    fn doing(is_secured: bool, gave: bool, then: &[Operation]) -> Doing {
        let activity = Activity::default();
        if is_secured {
            activity.set_secured();
        }
        activity.read(gave);
        activity.note(Operation::ReadPending);
        for operation in then {
            activity.note(*operation);
        }
        activity.doing()
    }

    #[test]
    fn it_writes_once_nothing_is_left_to_read() {
        assert_eq!(doing(false, false, &[]), Doing::Writing);
        let written = [Operation::Flushed, Operation::Written];
        assert_eq!(doing(false, false, &written), Doing::Writing);
    }

    #[test]
    fn it_is_between_turns_once_one_may_have_ended() {
        for last in [Operation::Flushed, Operation::Blocked] {
            assert_eq!(doing(false, false, &[last]), Doing::Between, "{last:?}");
        }
    }

    #[test]
    fn it_receives_while_a_read_gave_something() {
        for is_secured in [false, true] {
            assert_eq!(doing(is_secured, true, &[]), Doing::Receiving);
            // h2 answers pings before it looks at the next frame.
            let answered = [Operation::Written, Operation::Flushed];
            assert_eq!(doing(is_secured, true, &answered), Doing::Receiving);
        }
    }

    #[test]
    fn it_may_do_either_once_an_answer_was_blocked() {
        let blocked = [Operation::Blocked, Operation::Written, Operation::Flushed];
        assert_eq!(doing(false, true, &blocked), Doing::Either);
        assert_eq!(doing(true, false, &blocked), Doing::Either);
    }

    #[test]
    fn under_tls_it_may_do_either_until_it_has_written() {
        assert_eq!(doing(true, false, &[]), Doing::Either);
        assert_eq!(doing(true, false, &[Operation::Written]), Doing::Writing);
    }
}
