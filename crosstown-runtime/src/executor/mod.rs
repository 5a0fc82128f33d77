//! Starts tasks on the runtime, and counts what becomes of them.

mod dispatch;
mod drain;
mod fallback;
mod stats;

use std::fmt;
use std::sync::Arc;

use once_cell::sync::OnceCell;

pub use self::drain::Drained;
use self::drain::Idle;
use self::stats::Counters;
pub use self::stats::{Skipped, Stats};
use crate::outcome::Outcome;

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

#[derive(Default)]
struct Inner {
    counters: Counters,
    idle: Idle,
}

impl Executor {
    /// Makes an executor with counts of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the executor of all scopes that were given no other.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceCell<Executor> = OnceCell::new();
        GLOBAL.get_or_init(Self::new)
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
    }

    pub(crate) fn task_ended(&self, outcome: &Outcome) {
        self.inner.counters.ended(outcome);
        self.inner.idle.task_ended(&self.inner.counters);
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("stats", &self.stats())
            .finish()
    }
}
