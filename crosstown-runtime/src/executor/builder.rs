//! Setting an executor up.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::hooks::{Ended, Hooks};
use super::{Executor, GLOBAL, Inner};
use crate::options::WithoutResponse;

/// What happens to a task that is due when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits all the same, in order. The queue then has no bound of its own;
    /// its tasks take no memory that they did not take since they were
    /// registered.
    #[default]
    Wait,
    /// It ends as [`Skip::QueueFull`](crate::Skip::QueueFull), with an event in
    /// the log.
    Reject,
    /// It runs on the thread that finished the response and so holds that
    /// connection back. A future can't be run so; it is spawned beyond the
    /// limit.
    RunInline,
}

/// The bounds of an executor.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) blocking: usize,
    pub(super) asynchronous: usize,
    pub(super) queue: usize,
    pub(super) when_full: WhenFull,
    pub(super) overrun: Duration,
}

impl Limits {
    /// How many tasks of each kind may wait for a place.
    pub(super) fn room(&self) -> usize {
        match self.when_full {
            WhenFull::Wait => usize::MAX,
            WhenFull::Reject | WhenFull::RunInline => self.queue,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Half of tokio's default pool. One executor leaves the app the other
            // half; several may fill it.
            blocking: 256,
            asynchronous: 1024,
            queue: 65_536,
            when_full: WhenFull::Wait,
            overrun: Duration::from_secs(60),
        }
    }
}

/// Builds an [`Executor`] with limits and hooks; from [`Executor::builder`].
///
/// Limits hold for each runtime that the executor meets; most apps have one.
///
/// # Examples
///
/// ```
/// use std::num::NonZeroUsize;
/// use crosstown_runtime::{Executor, Outcome};
///
/// let executor = Executor::builder()
///     .max_blocking(NonZeroUsize::new(32).unwrap())
///     .on_outcome(|ended| {
///         if ended.outcome != &Outcome::Completed {
///             eprintln!("{}: {:?}", ended.name, ended.outcome);
///         }
///     })
///     .build();
/// assert_eq!(executor.stats().registered, 0);
/// ```
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ExecutorBuilder {
    limits: Limits,
    hooks: Hooks,
    without_response: Option<WithoutResponse>,
}

/// The global executor is in use already; from [`ExecutorBuilder::build_global`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GlobalInUse;

impl fmt::Display for GlobalInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the global executor is in use already; set it up first of all in `main`")
    }
}

impl std::error::Error for GlobalInUse {}

impl ExecutorBuilder {
    /// Sets how many closures run at once, 256 unless said. More wait in a
    /// queue that is fair between responses.
    ///
    /// They run on the blocking pool of their runtime, beside what the app has
    /// there. It has 512 threads, unless [`max_blocking_threads`] says otherwise,
    /// and all executors share it. Where their limits together leave it no thread,
    /// they take turns with the app: a thread that has run closures for 2 ms is
    /// given back after the one that it runs, and what the app spawns stands, with
    /// tokio's default queue, behind at most 16 such turns of each executor.
    ///
    /// [`max_blocking_threads`]: tokio::runtime::Builder::max_blocking_threads
    pub fn max_blocking(mut self, tasks: NonZeroUsize) -> Self {
        self.limits.blocking = tasks.get();
        self
    }

    /// Sets how many futures have begun and not ended at once, 1,024 unless said:
    /// one that waits for something keeps its place. More wait in a queue that is
    /// fair between responses.
    ///
    /// Futures that await the [`outcome`](crate::Registration::outcome) of tasks of
    /// their own can thus wait for ever: once all places are theirs, none is left
    /// for what they wait for. The same goes for closures and
    /// [`max_blocking`](Self::max_blocking).
    pub fn max_async(mut self, tasks: NonZeroUsize) -> Self {
        self.limits.asynchronous = tasks.get();
        self
    }

    /// Sets how many due tasks of each kind may wait for a place, and what happens to
    /// the rest. Unless said, any number may.
    ///
    /// Tasks that wait for their response, or at their
    /// [`also`](crate::Task::also), are not among them, and have no bound but what
    /// the handlers register.
    pub fn queue_limit(mut self, tasks: usize, when_full: WhenFull) -> Self {
        self.limits.queue = tasks;
        self.limits.when_full = when_full;
        self
    }

    /// Sets after what time a closure is said to overrun, one minute unless said. A
    /// thread can't be stopped from outside: the log gets a warning, no more. One
    /// comes while it runs, when a later response with tasks ends, which looks for
    /// such closures once in half of that time; and one when it ends at last.
    pub fn warn_after(mut self, time: Duration) -> Self {
        self.limits.overrun = time;
        self
    }

    /// Calls `hook` with each task that ends, on the thread on which it ends,
    /// after it is counted and before [`Registration::outcome`] returns. Keep
    /// it short. A panic in it goes no further than the log.
    ///
    /// What it registers belongs to what is in progress on that thread, as in the
    /// handler that cancels a task. Mostly nothing is: then the task is counted by
    /// [`Executor::global`], and a drain of this executor does not wait for it.
    ///
    /// [`Registration::outcome`]: crate::Registration::outcome
    pub fn on_outcome<F>(mut self, hook: F) -> Self
    where
        F: Fn(&Ended<'_>) + Send + Sync + 'static,
    {
        self.hooks.push(Box::new(hook));
        self
    }

    /// Sets what happens to a task that is registered where neither a response nor
    /// another task is in progress, and that says nothing of it
    /// [itself](crate::Task::without_response): it is run, with one warning in the
    /// log, unless said. Such tasks are the global executor's, so this says nothing
    /// to any other: see [`build_global`](Self::build_global).
    pub fn without_response(mut self, without_response: WithoutResponse) -> Self {
        self.without_response = Some(without_response);
        self
    }

    /// Returns the executor.
    #[must_use]
    pub fn build(self) -> Executor {
        Executor {
            inner: Arc::new(Inner {
                limits: self.limits,
                hooks: self.hooks,
                without_response: self.without_response,
                ..Inner::default()
            }),
        }
    }

    /// Makes it the [global](Executor::global) executor of this program. A server of
    /// `axum::serve` has one of its own, to which none of this applies but
    /// [`without_response`](Self::without_response): give it limits and hooks by
    /// `Serve::executor`.
    ///
    /// # Errors
    ///
    /// When there is one: from an earlier call, or since a task, a scope or
    /// [`Executor::global`] has asked for it.
    ///
    /// # Examples
    ///
    /// A program that would rather stop than run tasks in the midst of a handler,
    /// as it does where somebody forgets to serve with this crate:
    ///
    /// ```
    /// use crosstown_runtime::{Executor, GlobalInUse, WithoutResponse};
    ///
    /// fn main() -> Result<(), GlobalInUse> {
    ///     Executor::builder()
    ///         .without_response(WithoutResponse::Panic)
    ///         .build_global()?;
    ///     // … serve …
    ///     Ok(())
    /// }
    /// ```
    pub fn build_global(self) -> Result<&'static Executor, GlobalInUse> {
        GLOBAL.set(self.build()).map_err(|_| GlobalInUse)?;
        Ok(Executor::global())
    }
}

impl fmt::Debug for ExecutorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutorBuilder")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
