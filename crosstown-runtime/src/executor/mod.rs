//! Starts tasks on the runtime, and counts what becomes of them.

mod aside;
mod builder;
mod chunk;
mod dispatch;
mod drain;
mod driver;
#[cfg(not(crosstown_shuttle))]
mod fallback;
mod gate;
mod home;
mod hooks;
mod lane;
mod lanes;
mod queue;
mod runner;
mod sharded;
mod slab;
mod stats;
mod watch;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use once_cell::sync::OnceCell;

use self::aside::Aside;
use self::builder::Limits;
pub use self::builder::{ExecutorBuilder, GlobalInUse, WhenFull};
pub(crate) use self::chunk::{Chunk, Claim, Origin};
#[cfg(feature = "wire")]
pub(crate) use self::drain::DetachedHandler;
use self::drain::Idle;
pub use self::drain::{Drained, Unfinished};
pub use self::gate::AlsoOutput;
pub(crate) use self::gate::Gate;
pub(crate) use self::home::Home;
pub use self::hooks::Ended;
use self::hooks::Hooks;
use self::lanes::{Lanes, LanesByRuntime};
use self::stats::Counters;
pub use self::stats::{Skipped, Stats};
use self::watch::Watch;
use crate::options::WithoutResponse;
use crate::outcome::Outcome;
use crate::span;
use crate::sys::Handle;
#[cfg(crosstown_shuttle)]
use crate::sys::fallback;
use crate::task::Header;

/// Starts tasks on the runtime of the app, and counts what becomes of them.
///
/// The default needs no set-up: [`Executor::global`] runs the tasks of every
/// response on the tokio runtime that served it, closures on its blocking pool
/// and futures beside its other tasks. An executor of one's own counts apart:
/// `axum::serve` of this crate makes one for each server, so that it
/// can wait for its own tasks. Clones share everything.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use crosstown_runtime::Executor;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let executor = Executor::new();
/// // … serve with it …
/// let drained = executor.drain(Duration::from_secs(10)).await;
/// assert!(drained.is_complete());
/// assert_eq!(executor.stats().pending, 0);
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Executor {
    inner: Arc<Inner>,
}

static GLOBAL: OnceCell<Executor> = OnceCell::new();

#[derive(Default)]
struct Inner {
    counters: Counters,
    idle: Idle,
    lanes: LanesByRuntime,
    /// What runs on the threads of responses.
    aside: Aside,
    at_gates: Aside,
    watch: Watch,
    limits: Limits,
    hooks: Hooks,
    /// What becomes of what follows no response, and says nothing of it itself.
    without_response: Option<WithoutResponse>,
}

impl Executor {
    /// Makes an executor with counts of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a builder for an executor with limits and hooks.
    pub fn builder() -> ExecutorBuilder {
        ExecutorBuilder::default()
    }

    /// Returns the executor of all scopes that were given no other, and of the tasks
    /// that are registered where neither a response nor another task is in progress.
    /// The servers of `axum::serve` have one each. [`ExecutorBuilder::build_global`] sets it up.
    #[must_use]
    pub fn global() -> &'static Self {
        GLOBAL.get_or_init(Self::new)
    }

    fn is_global(&self) -> bool {
        let global = GLOBAL.get();
        global.is_some_and(|global| Arc::ptr_eq(&self.inner, &global.inner))
    }

    /// Returns what became of the tasks so far.
    ///
    /// The counts are read one by one while tasks go on, in such an order that
    /// they always add up; see [`Stats`].
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.counters.stats()
    }

    pub(crate) fn task_registered(&self) {
        self.inner.counters.registered();
    }

    pub(crate) fn task_started(&self) {
        self.inner.counters.started();
        #[cfg(feature = "metrics")]
        crate::metrics::started();
    }

    /// Counts a task that ended, and tells the hooks.
    pub(crate) fn task_ended(&self, task: &Header, outcome: &Outcome) {
        self.inner.counters.ended(outcome);
        #[cfg(feature = "metrics")]
        crate::metrics::ended(&task.ended_as(outcome));
        if !self.inner.hooks.is_empty() {
            self.inner.hooks.call(&task.ended_as(outcome));
        }
    }

    /// Notes that everybody who is to hear of a task's outcome can.
    pub(crate) fn task_settled(&self) {
        self.inner.idle.task_settled(&self.inner.counters);
    }

    /// After what time a closure overruns.
    pub(crate) fn overrun(&self) -> Duration {
        self.inner.limits.overrun
    }

    /// Whether anybody is told how long each task has waited and run.
    pub(crate) fn tells_times(&self) -> bool {
        cfg!(feature = "metrics") || !self.inner.hooks.is_empty() || span::is_listened_to()
    }

    fn lanes(&self, runtime: &Handle) -> Cow<'_, Arc<Lanes>> {
        self.inner.lanes.get(runtime, &self.inner.limits)
    }

    /// What becomes of a task that follows no response and says nothing of it
    /// itself, if that is said here.
    pub(crate) fn without_response(&self) -> Option<WithoutResponse> {
        self.inner.without_response
    }

    fn limits(&self) -> &Limits {
        &self.inner.limits
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
