//! Counts of tasks, which always add up.
//!
//! Invariants:
//! 1. A task is counted as registered before it is counted as started, and as
//!    started before it is counted as ended; each count only grows.
//! 2. A reader reads the ends first, then the starts, then the registrations.
//!    By 1, each number it reads is at least the one before it, and what it
//!    derives as the difference, running and pending, is never negative.
//! 3. What a reader finds unchanged on a second look was so at the instant
//!    between the two.

use crate::outcome::{Outcome, Skip};
use crate::sys::atomic::{AtomicU64, Ordering};

/// What became of the tasks of an executor.
///
/// Always, also while tasks come and go: `registered` = `completed` + `failed` +
/// `panicked` + `timed_out` + `abandoned` + `skipped` (all causes) + `cancelled`
/// + `pending` + `running`.
///
/// The counts are those of one instant, except where tasks end so fast that a
/// reader never sees two alike: then one that has ended while the reader looked
/// may still be told as running, or one that has begun as pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Tasks registered so far.
    pub registered: u64,
    /// Bodies that ran to their end.
    pub completed: u64,
    /// Bodies that returned an error.
    pub failed: u64,
    /// Bodies that panicked.
    pub panicked: u64,
    /// Futures that did not end within their `timeout`.
    pub timed_out: u64,
    /// Tasks that did not run, by cause.
    pub skipped: Skipped,
    /// Tasks cancelled before their start.
    pub cancelled: u64,
    /// Bodies cut off by the end of their runtime.
    pub abandoned: u64,
    /// Tasks that wait for their response, or for a thread.
    pub pending: u64,
    /// Tasks whose body is being run.
    pub running: u64,
}

/// Tasks that did not run, by cause; see [`Skip`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Skipped {
    /// The status was a no-go.
    pub no_go: u64,
    /// The handler ended without a response.
    pub no_response: u64,
    /// The response did not reach the phase.
    pub aborted: u64,
    /// The rule given as `when` said no.
    pub when: u64,
    /// The delivery can't be heard of.
    pub undeliverable: u64,
    /// A later task of the same response had the same key.
    pub replaced: u64,
    /// No response was in progress.
    pub without_response: u64,
    /// The runtime was shut down.
    pub shut_down: u64,
    /// The queue of the executor was full.
    pub queue_full: u64,
}

impl Skipped {
    /// Returns the sum over all causes.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.no_go
            + self.no_response
            + self.aborted
            + self.when
            + self.undeliverable
            + self.replaced
            + self.without_response
            + self.shut_down
            + self.queue_full
    }
}

impl Stats {
    /// Returns the tasks that have not ended: pending and running ones.
    #[must_use]
    pub fn unfinished(&self) -> u64 {
        self.pending + self.running
    }

    /// Tasks that ended after their body had begun.
    fn ended_running(&self) -> u64 {
        self.completed + self.failed + self.panicked + self.timed_out + self.abandoned
    }
}

/// How often a reader looks again, before it takes what adds up but is of no
/// single instant.
const LOOKS: u32 = 16;

/// The counts behind [`Stats`].
#[derive(Default)]
pub(super) struct Counters {
    registered: AtomicU64,
    started: AtomicU64,
    completed: AtomicU64,
    failed: AtomicU64,
    panicked: AtomicU64,
    abandoned: AtomicU64,
    cancelled: AtomicU64,
    no_go: AtomicU64,
    no_response: AtomicU64,
    aborted: AtomicU64,
    when: AtomicU64,
    undeliverable: AtomicU64,
    replaced: AtomicU64,
    without_response: AtomicU64,
    shut_down: AtomicU64,
    queue_full: AtomicU64,
    timed_out: AtomicU64,
}

impl Counters {
    pub(super) fn registered(&self) {
        count(&self.registered);
    }

    /// Whether `settled` tasks, as read before, are all that there are.
    pub(super) fn are_all(&self, settled: u64) -> bool {
        read(&self.registered) == settled
    }

    pub(super) fn started(&self) {
        count(&self.started);
    }

    pub(super) fn ended(&self, outcome: &Outcome) {
        count(match outcome {
            Outcome::Completed => &self.completed,
            Outcome::Failed(_) => &self.failed,
            Outcome::Panicked(_) => &self.panicked,
            Outcome::TimedOut => &self.timed_out,
            Outcome::Abandoned => &self.abandoned,
            Outcome::Cancelled => &self.cancelled,
            Outcome::Skipped(skip) => match skip {
                Skip::NoGo(_) => &self.no_go,
                Skip::NoResponse => &self.no_response,
                Skip::Aborted => &self.aborted,
                Skip::When => &self.when,
                Skip::Undeliverable => &self.undeliverable,
                Skip::Replaced => &self.replaced,
                Skip::WithoutResponse => &self.without_response,
                Skip::ShutDown => &self.shut_down,
                Skip::QueueFull => &self.queue_full,
            },
        });
    }

    /// Reads until two looks agree, as a rule at once.
    pub(super) fn stats(&self) -> Stats {
        let mut stats = self.look();
        for _ in 0..LOOKS {
            let before = std::mem::replace(&mut stats, self.look());
            if before == stats {
                break;
            }
        }
        stats
    }

    /// Reads in the order of invariant 2.
    fn look(&self) -> Stats {
        let mut stats = Stats {
            completed: read(&self.completed),
            failed: read(&self.failed),
            panicked: read(&self.panicked),
            timed_out: read(&self.timed_out),
            abandoned: read(&self.abandoned),
            cancelled: read(&self.cancelled),
            skipped: Skipped {
                no_go: read(&self.no_go),
                no_response: read(&self.no_response),
                aborted: read(&self.aborted),
                when: read(&self.when),
                undeliverable: read(&self.undeliverable),
                replaced: read(&self.replaced),
                without_response: read(&self.without_response),
                shut_down: read(&self.shut_down),
                queue_full: read(&self.queue_full),
            },
            ..Stats::default()
        };
        let ended_running = stats.ended_running();
        let ended_pending = stats.cancelled + stats.skipped.total();
        let started = read(&self.started);
        stats.running = started - ended_running;
        stats.registered = read(&self.registered);
        stats.pending = stats.registered - started - ended_pending;
        stats
    }
}

/// Counts one. Release, so that who reads this count sees those before it.
fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Release);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Acquire)
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use super::*;

    /// Readers as a rule look until two looks agree, and then the order in which
    /// they read does not matter. Where tasks end too fast for that, it does.
    #[test]
    fn a_single_look_never_finds_more_ends_than_starts_or_more_starts_than_tasks() {
        let counters = Counters::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..500_000 {
                    counters.registered();
                    counters.started();
                    counters.ended(&Outcome::Completed);
                }
            });
            loop {
                let stats = counters.look();
                // A difference below zero is a panic here, or a huge number.
                assert!(stats.unfinished() <= stats.registered, "{stats:?}");
                if stats.completed == 500_000 {
                    break;
                }
            }
        });
    }
}
