//! What the registering code holds of its task.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::runnable::Runnable;
use crate::events;
use crate::outcome::{Outcome, Skip};

/// A registered task: its name, its outcome, and the way to cancel it.
///
/// Registering returns one. Dropping it does nothing: the task goes its way.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{Outcome, follow_response, testing};
/// use http::StatusCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (registration, recorded) = testing::record(async {
///     follow_response(|| println!("the client has its answer"))
/// }).await;
/// assert!(!registration.is_finished());
/// recorded.respond(StatusCode::OK).await;
/// assert_eq!(registration.outcome().await, Outcome::Completed);
/// # }
/// ```
pub struct Registration {
    task: Arc<dyn Runnable>,
}

impl Registration {
    pub(crate) fn new(task: Arc<dyn Runnable>) -> Self {
        Self { task }
    }

    /// The task's name: the option `name`, the name of the function, or file
    /// and line.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        self.task.header().options.name()
    }

    /// Cancels the task, if it has not begun.
    ///
    /// Returns whether this call did it: `true` is certain, the body will never
    /// run, is dropped before this returns, and the outcome is
    /// [`Outcome::Cancelled`]. `false` means too late: the task runs, or has
    /// already ended one way or another, an earlier `cancel` included.
    pub fn cancel(&self) -> bool {
        self.task.end_unrun(Outcome::Cancelled)
    }

    /// A later task has taken this one's place.
    pub(crate) fn replaced(&self) {
        self.task.skip(Skip::Replaced);
    }

    pub(crate) fn another(&self) -> Self {
        Self::new(Arc::clone(&self.task))
    }

    /// Returns whether the task has its outcome: from before
    /// [`Executor::stats`](crate::Executor::stats) counts it as ended, and so a
    /// little before [`outcome`](Self::outcome) is ready.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.header().has_ended()
    }

    /// Waits for what becomes of the task, until it is counted and the hooks of
    /// its executor are told.
    ///
    /// Awaited inside the handler that registered it, this waits for ever: the
    /// task follows the response that the handler has yet to return. The log is
    /// warned of the first task that is waited for so, as far as it can be seen: by
    /// the handler itself, not by what it has spawned.
    ///
    /// Awaited in another task, it can wait for ever as well: that task keeps its
    /// own place, of which there are as many as
    /// [`max_async`](crate::ExecutorBuilder::max_async) says, and when all have gone
    /// to tasks that wait for others, the others never begin. Instead of registering
    /// such work, await it in the task.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing; the outcome can be asked for again.
    pub async fn outcome(&self) -> Outcome {
        let header = self.task.header();
        if header.is_pending() {
            events::awaited(&self.task);
        }
        header.ended().await;
        let outcome = self.task.outcome();
        outcome.expect("a task that has ended keeps its outcome")
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("name", &self.name())
            .field("outcome", &self.task.outcome())
            .finish()
    }
}
