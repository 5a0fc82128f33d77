//! Whether a connection has taken a whole turn: read until nothing is left,
//! written everything, flushed.

/// How far the turn is that must pass before a frame, queued by another task,
/// is surely flushed.
///
/// A turn of h2's connection task reads until a read returns `Pending`, then
/// writes and flushes until nothing is left or the transport blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// No read has returned `Pending` since the frame was queued, or the turn
    /// that followed one was cut short by a transport that blocked.
    Ahead,
    /// Such a read has returned `Pending`; what is queued is being written.
    Writing,
    /// A flush has followed, and nothing was written since.
    Flushed,
}

/// What the connection's task does to its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// A read is about to be tried.
    Read,
    /// A read has returned `Pending`.
    ReadPending,
    /// A write was accepted.
    Written,
    /// A write or a flush has returned `Pending`.
    Blocked,
    /// A flush has returned `Ready(Ok)`.
    Flushed,
    /// The stream is about to be shut down.
    ShutDown,
}

impl Turn {
    /// Moves on. Returns whether the turn is over, with everything flushed.
    pub(super) fn advance(&mut self, operation: Operation) -> bool {
        let over = (*self, operation) == (Self::Flushed, Operation::Read);
        *self = match (*self, operation) {
            (turn, Operation::Read | Operation::ShutDown) => turn,
            (_, Operation::ReadPending) => Self::Writing,
            (Self::Ahead, _) | (_, Operation::Blocked) => Self::Ahead,
            (_, Operation::Written) => Self::Writing,
            (_, Operation::Flushed) => Self::Flushed,
        };
        over
    }
}

#[cfg(test)]
mod tests {
    use super::Operation::{Blocked, Flushed, Read, ReadPending, Written};
    use super::*;

    /// Returns after how many of `operations` the turn is over.
    fn over_after(operations: &[Operation]) -> Option<usize> {
        let mut turn = Turn::Ahead;
        let over = operations.iter().position(|next| turn.advance(*next));
        over.map(|index| index + 1)
    }

    #[test]
    fn a_whole_turn_is_over_with_the_next_read() {
        assert_eq!(
            over_after(&[Read, ReadPending, Written, Flushed, Read]),
            Some(5)
        );
        assert_eq!(over_after(&[Read, ReadPending, Flushed, Read]), Some(4));
    }

    #[test]
    fn a_flush_of_the_turn_under_way_does_not_count() {
        assert_eq!(over_after(&[Written, Flushed, Read]), None);
        assert_eq!(
            over_after(&[Flushed, Read, ReadPending, Flushed, Read]),
            Some(5)
        );
    }

    #[test]
    fn a_turn_that_blocks_is_taken_again() {
        let blocked = [
            Read,
            ReadPending,
            Written,
            Flushed,
            Written,
            Blocked,
            Flushed,
            Read,
        ];
        assert_eq!(over_after(&blocked), None);
        let resumed = [&blocked[..], &[ReadPending, Written, Flushed, Read]].concat();
        assert_eq!(over_after(&resumed), Some(12));
    }

    #[test]
    fn a_write_after_the_flush_wants_another_flush() {
        assert_eq!(
            over_after(&[Read, ReadPending, Flushed, Written, Read]),
            None
        );
    }

    #[test]
    fn a_flush_between_two_reads_that_found_data_does_not_count() {
        assert_eq!(over_after(&[Read, Flushed, Read]), None);
    }
}
