//! Waiting until every task has its outcome.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::Executor;
#[cfg(feature = "wire")]
use super::Home;
use super::stats::{Counters, Stats};
use crate::events;
use crate::sys::atomic::{AtomicUsize, Ordering};
use crate::sys::timeout;
use crate::task::Runnable;
use crate::unwind::wake_all;

/// How many tasks a drain names at most: it is to end at its deadline, and holds
/// up no request for long.
const NAMED: usize = 4096;

/// What a drain left behind.
#[derive(Debug, Clone)]
pub struct Drained {
    stats: Stats,
    unfinished: Vec<Unfinished>,
    names_all: bool,
    /// See [`Idle`].
    has_settled: bool,
}

/// A task that had not ended when a drain did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// The task's name.
    pub name: String,
    /// The file in which it was made.
    pub file: &'static str,
    /// The line in that file, from 1.
    pub line: u32,
    /// The time since it was registered.
    pub age: Duration,
    /// Whether its body has begun.
    pub is_running: bool,
}

impl Drained {
    /// Returns whether every task had its outcome within the deadline, and every
    /// hook that is told of it and every detached handler had returned. A drain that
    /// is not complete may thus name nobody: then one of those is still at work.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.has_settled
    }

    /// Returns the counts as they were when the drain ended.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Returns the tasks that were due, or had begun, and had not ended. A task
    /// that still waits for its response is not among them; `stats().pending`
    /// counts it.
    ///
    /// They are 4,096 at most. If there are more, those of them that have begun
    /// come first, and of a queue those that are next are named; `stats()` counts
    /// all.
    #[must_use]
    pub fn unfinished(&self) -> &[Unfinished] {
        &self.unfinished
    }
}

/// Who waits for the last task to end.
///
/// A drain looks at what has settled, not at the counts of outcomes: a task has
/// its outcome first, is counted then, then the hooks are told, then who waits
/// for the outcome, and only then is it settled. A drain that is over leaves no
/// hook behind at work.
#[derive(Default)]
pub(super) struct Idle {
    drains: AtomicUsize,
    /// Handlers whose client may be gone, and which may register on.
    detached: AtomicUsize,
    ended: Notify,
}

impl Idle {
    /// Counts a task, and wakes the drains when nothing is left.
    pub(super) fn task_settled(&self, counters: &Counters) {
        // In the one order of all `SeqCst` operations, either this load comes
        // after a drain's addition, or that drain's look after this count; and
        // of the last tasks to settle, the last to be counted sees the others.
        counters.settled();
        if self.is_drained() && counters.all_settled() {
            wake_all(&self.ended);
        }
    }

    #[inline]
    fn is_drained(&self) -> bool {
        self.drains.load(Ordering::SeqCst) > 0
    }
}

/// A handler that a drain waits for, until this is dropped.
#[cfg(feature = "wire")]
pub(crate) struct DetachedHandler(Home);

#[cfg(feature = "wire")]
impl DetachedHandler {
    pub(crate) fn begin(home: Home) -> Self {
        home.inner.idle.detached.fetch_add(1, Ordering::SeqCst);
        Self(home)
    }
}

#[cfg(feature = "wire")]
impl Drop for DetachedHandler {
    fn drop(&mut self) {
        let idle = &self.0.inner.idle;
        // As with tasks: either a drain sees this, or this sees the drain.
        idle.detached.fetch_sub(1, Ordering::SeqCst);
        if idle.is_drained() {
            wake_all(&idle.ended);
        }
    }
}

/// One drain that is under way.
struct Draining<'a>(&'a Idle);

impl<'a> Draining<'a> {
    fn begin(idle: &'a Idle) -> Self {
        idle.drains.fetch_add(1, Ordering::SeqCst);
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
    /// running tasks and detached handlers register meanwhile included, `deadline`
    /// at most.
    ///
    /// Call it after the server has stopped: tasks of a response that is never
    /// sent would be waited for. Over HTTP/2, where hyper polls each handler in a task
    /// of its own, one may still be at work then whose client has left; `axum::serve`
    /// waits for such, and so does a drain if they are detached. Tasks keep running when the deadline passes,
    /// each of them named in the log, up to 4,096: a drain stops nothing. Awaited in
    /// a task of this executor, it waits for that one, too, and so until its deadline.
    ///
    /// What becomes of those is up to their runtime. When it is shut down it
    /// drops the futures, which abandons them. Closures it can't stop: those that
    /// run go on to their end, and their threads, as those of tokio's own pool
    /// do, may go on with the closures that wait. Dropping a runtime, as the end
    /// of `#[tokio::main]` does, waits for all of that, however long it takes;
    /// [`Runtime::shutdown_timeout`] waits no longer than it is told.
    ///
    /// [`Runtime::shutdown_timeout`]: tokio::runtime::Runtime::shutdown_timeout
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, and on one whose timers are not enabled.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future only stops the wait.
    pub async fn drain(&self, deadline: Duration) -> Drained {
        let drained = match timeout(deadline, self.idle()).await {
            // A task that comes later is left to the next drain.
            Ok(stats) => Drained {
                stats,
                unfinished: Vec::new(),
                names_all: true,
                has_settled: true,
            },
            Err(_) => self.left_behind(),
        };
        for task in &drained.unfinished {
            events::unfinished(task);
        }
        let named = drained.unfinished.len() as u64;
        let unnamed = drained.stats.unfinished().saturating_sub(named);
        match unnamed {
            0 => {}
            _ if drained.names_all => events::unanswered(unnamed),
            _ => events::unnamed(unnamed),
        }
        drained
    }

    /// What a drain whose time is up leaves behind.
    fn left_behind(&self) -> Drained {
        let (mut unfinished, names_all) = self.unfinished();
        let (stats, has_settled) = self.settled_stats();
        if has_settled {
            // They have ended since.
            unfinished.clear();
        }
        Drained {
            unfinished,
            names_all,
            stats,
            has_settled,
        }
    }

    /// Returns the counts, and whether all that they know has settled.
    fn settled_stats(&self) -> (Stats, bool) {
        // In this order: what a handler registered before it ended is in the
        // counts, and what these counts know has settled if all has.
        let detached = self.inner.idle.detached.load(Ordering::SeqCst);
        let stats = self.stats();
        let is_idle = detached == 0 && stats.unfinished() == 0;
        let has_settled = is_idle && self.inner.counters.all_settled();
        (stats, has_settled)
    }

    /// Names the tasks that are due or run, and says whether these are all.
    fn unfinished(&self) -> (Vec<Unfinished>, bool) {
        let (mut tasks, mut are_all) = (Vec::new(), true);
        let mut add = |some: Vec<Arc<dyn Runnable>>| {
            are_all &= some.len() < NAMED;
            tasks.extend(some);
        };
        for lanes in self.inner.lanes.all() {
            add(lanes.blocking.tasks(NAMED));
            add(lanes.asynchronous.tasks(NAMED));
        }
        add(self.inner.aside.tasks(NAMED, |_| true));
        add(self.inner.at_gates.tasks(NAMED, |_| true));
        tasks.retain(|task| !task.header().has_ended());
        if tasks.len() > NAMED {
            are_all = false;
            tasks.sort_by_cached_key(|task| task.header().running_for().is_none());
            tasks.truncate(NAMED);
        }
        let named = tasks.iter().map(|task| task.header().unfinished());
        (named.collect(), are_all)
    }

    /// Waits until every registered task has settled. Returns the counts as they
    /// were then.
    pub(crate) async fn idle(&self) -> Stats {
        let idle = &self.inner.idle;
        let _draining = Draining::begin(idle);
        loop {
            let ended = idle.ended.notified();
            if let (stats, true) = self.settled_stats() {
                return stats;
            }
            ended.await;
        }
    }
}

#[cfg(all(test, feature = "wire", not(crosstown_shuttle)))]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Wake, Waker};

    use super::*;

    /// A waker that panics.
    struct Rude;

    impl Wake for Rude {
        fn wake(self: Arc<Self>) {
            panic!("a rude waker");
        }
    }

    #[test]
    fn a_detached_handler_ends_beside_a_waker_that_panics() {
        let executor = Executor::new();
        let handler = DetachedHandler::begin(executor.clone().into());
        let mut idle = pin!(executor.idle());
        let rude = Waker::from(Arc::new(Rude));
        let poll = idle.as_mut().poll(&mut Context::from_waker(&rude));
        assert!(poll.is_pending(), "a handler is at work");
        // Unwinds into nobody.
        drop(handler);
        let poll = idle.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll.is_ready());
    }
}
