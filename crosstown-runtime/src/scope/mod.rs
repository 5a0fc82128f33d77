//! The life of a response, as a chain of types.
//!
//! ```text
//! ResponseScope ──run(handler)──▶ Pending ──respond(status)──▶ InFlight ──sent()──▶ Settled
//!      │ dropped                     │ dropped                     │ dropped
//!      ▼                             ▼                             ▼
//!  no_response decides           no_response decides           on_abort decides
//! ```

mod beside;
mod cell;
pub(crate) mod context;
mod handle;
mod in_context;
mod in_flight;
mod kept;
mod keys;
mod run;
mod settings;
pub(crate) mod state;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::Version;

#[cfg(feature = "wire")]
pub(crate) use self::beside::{Beside, Left};
use self::cell::ScopeCell;
#[cfg(feature = "wire")]
use self::context::Context;
pub use self::handle::{InResponseScope, InScope, ScopeHandle};
pub(crate) use self::in_context::InContext;
pub use self::in_flight::{InFlight, Pending, Settled};
pub use self::run::Run;
#[cfg(feature = "axum")]
pub(crate) use self::settings::Open;
pub(crate) use self::settings::Settings;
use crate::executor::Executor;

/// The scope of one response, for authors of frameworks and adapters.
///
/// Make one for each request, [`run`](Self::run) the handler in it, and tell
/// the value that comes back how the response fares. Each step consumes the
/// step before it, so the wrong order does not compile, and dropping any of
/// them ends what was registered, as the option that is named in the picture of
/// each says: nothing is lost.
///
/// Making and running a scope allocates nothing, unless it is given settings,
/// which take one allocation, and one more for an executor; `body::Following` (feature
/// `wire`) lets all requests share them. The first
/// registration takes the state that the scope shares with its tasks: one that the
/// thread has kept from a response before, or else a new one.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{Outcome, ResponseScope, follow_response};
/// use http::StatusCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let scope = ResponseScope::new();
/// let (task, pending) = scope.run(async {
///     follow_response(|| println!("after the response"))
/// }).await;
///
/// let in_flight = pending.respond(StatusCode::OK);
/// // … write the response and flush it …
/// in_flight.sent();
/// assert_eq!(task.outcome().await, Outcome::Completed);
/// # }
/// ```
#[must_use = "a scope does nothing until a handler runs in it"]
pub struct ResponseScope {
    cell: ScopeCell,
}

impl ResponseScope {
    /// Makes a scope whose tasks run on the runtime that serves the request,
    /// counted by [`Executor::global`].
    #[inline]
    pub fn new() -> Self {
        Self {
            cell: ScopeCell::default(),
        }
    }

    /// Sets the executor that runs and counts the tasks.
    #[inline]
    pub fn executor(mut self, executor: Executor) -> Self {
        self.settings().executor = executor.into();
        self
    }

    /// Sets the protocol version that [`Sent::version`](crate::Sent::version)
    /// reports.
    #[inline]
    pub fn version(mut self, version: Version) -> Self {
        self.cell.version = Some(version);
        self
    }

    /// Says that [`Settled::delivered`] will be called when the response is
    /// delivered. Without it a task that waits for the delivery ends when it is
    /// registered, as [`Skip::Undeliverable`](crate::Skip::Undeliverable).
    #[inline]
    pub fn deliverable(mut self, deliverable: bool) -> Self {
        self.settings().deliverable = deliverable;
        self
    }

    /// Says that a test plays the response.
    pub(crate) fn recorded(mut self) -> Self {
        let settings = self.settings();
        settings.is_recorded = true;
        settings.deliverable = true;
        self
    }

    /// Sets how long the response may take from its head until a task's phase.
    /// After that it counts as aborted, by [`Abort::TimeLimit`](crate::Abort),
    /// though the server may go on sending it.
    ///
    /// There is no limit unless said: a stream of events may rightly take days,
    /// and to start what follows it sooner would break the promise. Needs a
    /// tokio runtime with timers: without, tokio panics where nobody is harmed, with
    /// a message that says so, and there is no limit.
    #[inline]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings().time_limit = Some(limit);
        self
    }

    /// Returns a handle to register with this scope from elsewhere.
    ///
    /// Where the first is made, the scope learns which runtime serves the request. If
    /// that is outside of any, tasks go to the runtime from which the response is told
    /// of, or a late task registered.
    #[must_use]
    pub fn handle(&self) -> ScopeHandle {
        ScopeHandle::new(Arc::clone(self.cell.state()))
    }

    /// Calls `body` in this scope, and returns the scope to go on in: for the
    /// part of a handler that runs before its future is polled, such as a
    /// service's `call`.
    pub fn enter<R>(self, body: impl FnOnce() -> R) -> (R, Self) {
        let mut cell = self.cell;
        let output = context::enter_handler(&mut cell, body);
        (output, Self { cell })
    }

    /// Makes a scope with settings that it shares with others.
    #[cfg(feature = "wire")]
    #[inline]
    pub(crate) fn with(settings: &Arc<Settings>, version: Version) -> Self {
        Self {
            cell: ScopeCell::new(Arc::clone(settings), version),
        }
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(self.cell.settings.get_or_insert_default())
    }

    #[cfg(feature = "wire")]
    #[inline]
    fn into_context(self) -> Context {
        Context::Handler(self.cell)
    }

    /// Runs the handler of the request in this scope.
    ///
    /// The future returns what the handler returned, and the [`Pending`] that
    /// waits to hear of the response. Dropping it earlier, or a panic of the
    /// handler, means that there is no response.
    pub fn run<F: Future>(self, handler: F) -> Run<F> {
        Run::new(self.cell, handler)
    }
}

impl Default for ResponseScope {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ResponseScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseScope").finish_non_exhaustive()
    }
}
