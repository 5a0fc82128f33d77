//! Testing handlers without a server: record what they register, then decide
//! when it runs.
//!
//! A recorded handler runs nothing until told. [`Recorded`] shows what it
//! registered, [`next`](Recorded::next) runs one task at a time, and
//! [`respond`](Recorded::respond) plays a response with a status and waits for
//! what becomes of each task.
//!
//! [`respond`](Recorded::respond) tells of the delivery, too, so a task of
//! [`Phase::Delivered`] runs here, with any features and on any system. Whether the
//! app can hear of a delivery where it is served is another matter: where it can't,
//! the task ends as [`Skip::Undeliverable`](crate::Skip::Undeliverable).
//!
//! # Examples
//!
//! ```
//! use crosstown_runtime::{Outcome, Skip, Task, testing};
//! use http::StatusCode;
//!
//! async fn handler() -> StatusCode {
//!     Task::new(|| println!("receipt sent")).name("receipt").follow_response();
//!     StatusCode::CONFLICT
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let (status, recorded) = testing::record(handler()).await;
//! assert_eq!(recorded.names(), ["receipt"]);
//!
//! let outcomes = recorded.respond(status).await;
//! assert_eq!(outcomes, [Outcome::Skipped(Skip::NoGo(StatusCode::CONFLICT))]);
//! # }
//! ```

use std::future::Future;
use std::iter;
use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;

use crate::executor::{Chunk, Claim, Executor, Origin};
use crate::outcome::Outcome;
use crate::scope::state::ResponseState;
use crate::scope::{Pending, ResponseScope};
use crate::sent::{Abort, Phase, Report};
use crate::task::{Between, Queued, Registration, Runnable};

/// Runs `handler` with a response in progress, and returns its output and what
/// it registered.
///
/// Tasks run on the current runtime when told to; they are counted by an
/// executor of their own, not by [`Executor::global`].
pub async fn record<F: Future>(handler: F) -> (F::Output, Recorded) {
    let scope = ResponseScope::new().executor(Executor::new()).recorded();
    let (output, pending) = scope.run(handler).await;
    (output, Recorded { pending })
}

/// What a handler registered, in that order. From [`record`].
///
/// Dropping it ends the tasks as a handler without a response does.
#[derive(Debug)]
#[must_use = "dropping it ends the tasks as having no response"]
pub struct Recorded {
    pending: Pending,
}

impl Recorded {
    /// Returns how many tasks wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.with_waiting(|waiting| waiting.len())
    }

    /// Returns whether no task waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the names of the waiting tasks, in registration order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.with_waiting(|waiting| {
            let headers = waiting.iter().map(|task| task.header());
            headers
                .map(|header| header.options.name().into_owned())
                .collect()
        })
    }

    /// Takes out the first task that waits, to run it alone.
    #[allow(clippy::should_implement_trait)] // A task borrows nothing, but this is no iterator: the rest stays.
    pub fn next(&mut self) -> Option<RecordedTask> {
        let state = self.pending.state()?;
        let task = iter::from_fn(|| state.take_first()).find(|task| !task.header().has_ended())?;
        Some(RecordedTask {
            task,
            state: Arc::clone(state),
        })
    }

    /// Plays a response of this status that is sent whole and delivered, and waits
    /// for the outcome of each waiting task, in registration order.
    pub async fn respond(self, status: StatusCode) -> Vec<Outcome> {
        let registrations = self.registrations();
        self.pending.respond(status).sent().delivered();
        outcomes(registrations).await
    }

    /// Plays a response of this status that breaks before its end.
    pub async fn abort(self, status: StatusCode) -> Vec<Outcome> {
        let registrations = self.registrations();
        self.pending.respond(status).abort(Abort::Client);
        outcomes(registrations).await
    }

    /// Plays a client that hangs up while the handler works.
    pub async fn hang_up(self) -> Vec<Outcome> {
        let registrations = self.registrations();
        drop(self.pending);
        outcomes(registrations).await
    }

    fn registrations(&self) -> Vec<Registration> {
        self.with_waiting(|waiting| {
            let tasks = waiting.iter().map(|task| Arc::clone(task));
            tasks.map(Registration::new).collect()
        })
    }

    /// Reads the tasks that have not ended, as by a cancellation or a later
    /// task of the same key.
    fn with_waiting<R>(&self, read: impl FnOnce(&[&Arc<dyn Runnable>]) -> R) -> R {
        let Some(state) = self.pending.state() else {
            return read(&[]);
        };
        state.with_waiting(|waiting| {
            let waiting = waiting.iter().filter(|task| !task.header().has_ended());
            read(&waiting.collect::<Vec<_>>())
        })
    }
}

async fn outcomes(registrations: Vec<Registration>) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(registrations.len());
    for registration in registrations {
        outcomes.push(registration.outcome().await);
    }
    outcomes
}

/// One recorded task, taken out to be run alone. Dropped, it ends as
/// [`Skip::ShutDown`](crate::Skip::ShutDown).
#[must_use = "a recorded task runs when told to"]
pub struct RecordedTask {
    task: Arc<dyn Runnable>,
    state: Arc<ResponseState>,
}

impl RecordedTask {
    /// Returns the task's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.task.header().options.name().into_owned()
    }

    /// Runs the body here, as after a `200 OK` that was delivered, and returns
    /// its outcome. A closure runs on this thread.
    ///
    /// It asks neither `no_go`, `when` nor `also`: to see what they decide, end the
    /// whole response, as by [`Recorded::respond`].
    pub async fn run(self) -> Outcome {
        let registration = Registration::new(Arc::clone(&self.task));
        let origin = Origin {
            executor: self.state.executor().clone(),
            report: ok_report(),
            runtime: self.state.runtime(),
        };
        let claim = Claim::new(&Chunk::new(Arc::clone(&self.task), origin), 0);
        if self.task.is_blocking() {
            claim.run(&mut Between::default());
        } else if let Some(future) = claim.future(None) {
            future.await;
        }
        registration.outcome().await
    }
}

fn ok_report() -> Report {
    let now = Instant::now();
    Report {
        status: Some(StatusCode::OK),
        phase: Some(Phase::Delivered),
        head_at: Some(now),
        ..Report::without_response(now)
    }
}

impl Drop for RecordedTask {
    fn drop(&mut self) {
        // Taken out and not run: it must still have an outcome.
        drop(Queued(Arc::clone(&self.task)));
    }
}

impl std::fmt::Debug for RecordedTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordedTask")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
