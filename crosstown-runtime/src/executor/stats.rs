//! Counts of tasks, which always add up.
//!
//! Invariants:
//! 1. A task is counted as registered before it is counted as started, and as
//!    started before it is counted as ended; each count only grows.
//! 2. A reader reads the ends first, then the starts, then the registrations.
//!    By 1, each number it reads is at least the one before it, and what it
//!    derives as the difference, running and pending, is never negative.
//!    It reads each as the sum of what groups of threads have counted: what
//!    happened before something that it has read is in what it reads later.
//! 3. What a reader finds unchanged on a second look was so at the instant
//!    between the two.

use super::sharded::Sharded;
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
    /// Tasks that panicked: their body, or before it their rule or their `also`.
    pub panicked: u64,
    /// Futures that did not end within their `timeout`.
    pub timed_out: u64,
    /// Tasks that did not run, by cause.
    pub skipped: Skipped,
    /// Tasks cancelled before their start.
    pub cancelled: u64,
    /// Futures cut off by the end of their runtime.
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
    shards: Sharded<Counts>,
}

/// The counts of some threads. Those that every task changes come first, on one
/// cache line.
#[derive(Default)]
struct Counts {
    registered: AtomicU64,
    started: AtomicU64,
    completed: AtomicU64,
    settled: AtomicU64,
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
    #[inline]
    pub(super) fn registered(&self) {
        count(&self.shards.mine().registered);
    }

    pub(super) fn started(&self) {
        count(&self.shards.mine().started);
    }

    pub(super) fn ended(&self, outcome: &Outcome) {
        let counts = self.shards.mine();
        count(match outcome {
            Outcome::Completed => &counts.completed,
            Outcome::Failed(_) => &counts.failed,
            Outcome::Panicked(_) => &counts.panicked,
            Outcome::TimedOut => &counts.timed_out,
            Outcome::Abandoned => &counts.abandoned,
            Outcome::Cancelled => &counts.cancelled,
            Outcome::Skipped(skip) => match skip {
                Skip::NoGo(_) => &counts.no_go,
                Skip::NoResponse => &counts.no_response,
                Skip::Aborted => &counts.aborted,
                Skip::When => &counts.when,
                Skip::Undeliverable => &counts.undeliverable,
                Skip::Replaced => &counts.replaced,
                Skip::WithoutResponse => &counts.without_response,
                Skip::ShutDown => &counts.shut_down,
                Skip::QueueFull => &counts.queue_full,
            },
        });
    }

    /// Counts a task of whose outcome everybody has heard.
    pub(super) fn settled(&self) {
        let settled = &self.shards.mine().settled;
        settled.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether every task has settled. Reads the settled ones first: each was
    /// registered before.
    pub(super) fn all_settled(&self) -> bool {
        let settled = self.sum(|counts| &counts.settled);
        self.sum(|counts| &counts.registered) == settled
    }

    /// `SeqCst` for what has settled; to the others it is an acquire.
    fn sum(&self, which: impl Fn(&Counts) -> &AtomicU64) -> u64 {
        let counts = self.shards.all().map(which);
        counts.map(|count| count.load(Ordering::SeqCst)).sum()
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
            completed: self.sum(|counts| &counts.completed),
            failed: self.sum(|counts| &counts.failed),
            panicked: self.sum(|counts| &counts.panicked),
            timed_out: self.sum(|counts| &counts.timed_out),
            abandoned: self.sum(|counts| &counts.abandoned),
            cancelled: self.sum(|counts| &counts.cancelled),
            skipped: Skipped {
                no_go: self.sum(|counts| &counts.no_go),
                no_response: self.sum(|counts| &counts.no_response),
                aborted: self.sum(|counts| &counts.aborted),
                when: self.sum(|counts| &counts.when),
                undeliverable: self.sum(|counts| &counts.undeliverable),
                replaced: self.sum(|counts| &counts.replaced),
                without_response: self.sum(|counts| &counts.without_response),
                shut_down: self.sum(|counts| &counts.shut_down),
                queue_full: self.sum(|counts| &counts.queue_full),
            },
            ..Stats::default()
        };
        let ended_running = stats.ended_running();
        let ended_pending = stats.cancelled + stats.skipped.total();
        let started = self.sum(|counts| &counts.started);
        stats.running = started - ended_running;
        stats.registered = self.sum(|counts| &counts.registered);
        stats.pending = stats.registered - started - ended_pending;
        stats
    }
}

/// Counts one. Release, so that who reads this count sees those before it.
fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Release);
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
            let writer = scope.spawn(|| {
                for _ in 0..500_000 {
                    counters.registered();
                    counters.started();
                    counters.ended(&Outcome::Completed);
                }
            });
            while !writer.is_finished() {
                let stats = counters.look();
                // A difference below zero is a panic here, or a huge number.
                assert!(stats.unfinished() <= stats.registered, "{stats:?}");
            }
        });
        assert_eq!(counters.look().completed, 500_000);
    }
}
