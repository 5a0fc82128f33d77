//! Telling of closures that keep their thread for long, while they do.
//!
//! There is no timer and no thread for it: a response with tasks looks round,
//! when nobody has for half of the time that is allowed.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::Executor;
use crate::events;
use crate::lock::lock;
use crate::nanos::nanos;
use crate::sys::Mutex;
use crate::sys::atomic::{AtomicU64, Ordering};
use crate::task::Runnable;

/// When the next look is due, and who was told of before.
pub(super) struct Watch {
    since: Instant,
    /// In nanoseconds after `since`.
    next: AtomicU64,
    /// Those that the last look found, one for each place at most. A task knows
    /// its executor: as its owner, this would keep both for ever.
    told: Mutex<Vec<Weak<dyn Runnable>>>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            next: AtomicU64::new(0),
            told: Mutex::default(),
        }
    }
}

impl Watch {
    /// Whether a look is due. If it is, it is the caller's.
    fn is_due(&self, now: Instant, period: Duration) -> bool {
        let (now, period) = (
            nanos(now.saturating_duration_since(self.since)),
            nanos(period),
        );
        let due = self.next.load(Ordering::Relaxed);
        // Nothing can be overdue before the first period is over.
        if now < due.max(period) {
            return false;
        }
        let next = now.saturating_add(period.max(1));
        let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
        let taken = self.next.compare_exchange(due, next, success, failure);
        taken.is_ok()
    }

    /// Takes note of those that are to be told of, and returns the new ones.
    fn new_among(&self, mut overdue: Vec<Arc<dyn Runnable>>) -> Vec<Arc<dyn Runnable>> {
        let mut found: Vec<_> = overdue.iter().map(Arc::downgrade).collect();
        // What was found before is dropped after the lock.
        std::mem::swap(&mut *lock(&self.told), &mut found);
        overdue.retain(|task| {
            let task = Arc::downgrade(task);
            !found.iter().any(|before| before.ptr_eq(&task))
        });
        overdue
    }
}

impl Executor {
    /// Tells the log of closures that run for longer than they should, once
    /// each, if it is time to look. As a rule it is not, and this is one load.
    pub(super) fn look_round(&self, now: Instant) {
        let limit = self.overrun();
        if !self.inner.watch.is_due(now, limit / 2) {
            return;
        }
        let overruns = |task: &Arc<dyn Runnable>| {
            task.is_blocking() && task.header().running_for().is_some_and(|ran| ran > limit)
        };
        let overdue = self.running(overruns);
        for task in self.inner.watch.new_among(overdue) {
            if let Some(ran) = task.header().running_for() {
                events::overruns(task.header(), ran);
            }
        }
    }

    /// Returns those of the closures that run which `is_wanted` says yes to.
    fn running(&self, is_wanted: impl Fn(&Arc<dyn Runnable>) -> bool) -> Vec<Arc<dyn Runnable>> {
        let lanes = self.inner.lanes.all();
        let running = lanes.iter().flat_map(|lanes| lanes.blocking.running());
        let mut wanted: Vec<_> = running.filter(&is_wanted).collect();
        wanted.extend(self.inner.aside.tasks(usize::MAX, is_wanted));
        wanted
    }
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_due_once_in_a_period() {
        let watch = Watch::default();
        let period = Duration::from_secs(1);
        let looks = |millis| watch.is_due(watch.since + Duration::from_millis(millis), period);
        let times = [0, 999, 1000, 1001, 1999, 2000, 2001, 9000, 9500];
        let due = times.map(looks);
        assert_eq!(
            due,
            [false, false, true, false, false, true, false, true, false]
        );
    }
}
