//! Waiting until every task has its outcome.

use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::time::Duration;

use tokio::sync::Notify;

use super::Executor;
use super::stats::{Counters, Stats};

/// What a drain left behind.
#[derive(Debug, Clone)]
pub struct Drained {
    stats: Stats,
}

impl Drained {
    /// Returns whether every task had its outcome within the deadline.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.stats.unfinished() == 0
    }

    /// Returns the counts as they were when the drain ended.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.stats
    }
}

/// Who waits for the last task to end.
#[derive(Default)]
pub(super) struct Idle {
    drains: AtomicUsize,
    ended: Notify,
}

impl Idle {
    /// Wakes the drains when nothing is left. Costs a fence and a load when
    /// nobody drains.
    pub(super) fn task_ended(&self, counters: &Counters) {
        // Pairs with the one in `drain`: either this sees the drain, or the
        // drain sees this task's end.
        fence(Ordering::SeqCst);
        if self.drains.load(Ordering::Relaxed) > 0 && counters.stats().unfinished() == 0 {
            self.ended.notify_waiters();
        }
    }
}

/// One drain that is under way.
struct Draining<'a>(&'a Idle);

impl<'a> Draining<'a> {
    fn begin(idle: &'a Idle) -> Self {
        idle.drains.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        Self(idle)
    }
}

impl Drop for Draining<'_> {
    fn drop(&mut self) {
        self.0.drains.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Executor {
    /// Waits until every task that is registered has its outcome, those that
    /// running tasks register meanwhile included, `deadline` at most.
    ///
    /// Call it after the server has stopped: tasks of a response that is never
    /// sent would be waited for. Tasks keep running when the deadline passes;
    /// the end of their runtime abandons them.
    ///
    /// # Panics
    ///
    /// On a tokio runtime whose timers are not enabled.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future only stops the wait.
    pub async fn drain(&self, deadline: Duration) -> Drained {
        // The result is the same when time runs out: what the counts say.
        let _ = tokio::time::timeout(deadline, self.idle()).await;
        Drained {
            stats: self.stats(),
        }
    }

    /// Waits until every registered task has its outcome.
    pub(crate) async fn idle(&self) {
        let idle = &self.inner.idle;
        let _draining = Draining::begin(idle);
        loop {
            let ended = idle.ended.notified();
            if self.stats().unfinished() == 0 {
                return;
            }
            ended.await;
        }
    }
}
