//! What became of a task.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::StatusCode;

use crate::unwind::{drop_contained, panic_message};

/// What became of a task. Every registered task ends in exactly one of these.
///
/// [`Registration::outcome`](crate::Registration::outcome) waits for it,
/// [`Executor::stats`](crate::Executor::stats) counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The body ran to its end and returned `()` or `Ok(())`.
    Completed,
    /// The body ran and returned an error.
    Failed(Failure),
    /// The body panicked. The panic was caught at the task's edge.
    Panicked(Failure),
    /// The body, a future, did not end within its `timeout` and was dropped.
    TimedOut,
    /// The body did not run, for the reason given.
    Skipped(Skip),
    /// [`Registration::cancel`](crate::Registration::cancel) came before the start.
    Cancelled,
    /// The body, a future, had begun, and its runtime was shut down before it
    /// ended. A closure that has begun is never cut off: it ends, though its
    /// runtime be shut down, unless the process ends first.
    Abandoned,
}

/// Why a task did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// The response had this status, and it is in the task's [`NoGo`](crate::NoGo).
    NoGo(StatusCode),
    /// The handler ended without a response: it panicked, returned an error to
    /// the server, or was dropped because its client hung up.
    NoResponse,
    /// The response was begun, but it did not reach the task's phase.
    Aborted,
    /// The rule given as `when` said no.
    When,
    /// A later task of the same response has the same `key`.
    Replaced,
    /// It waits for the delivery, and where it was registered nobody can hear
    /// of one; see [`Phase::Delivered`](crate::Phase::Delivered).
    Undeliverable,
    /// It was registered where no response is in progress, and told to be
    /// skipped there.
    WithoutResponse,
    /// The runtime that should run it was shut down before the task began.
    ShutDown,
    /// The executor's queue was full, and its policy is to reject.
    QueueFull,
}

/// The message of an error or a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: Arc<str>,
}

impl Failure {
    fn new(message: &str) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// The message of the error (by its `Display`) or of the panic.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Outcome {
    /// Calls `body` and returns what became of it, also when it panics.
    pub(crate) fn of(body: impl FnOnce() -> Self) -> Self {
        catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(Self::from_panic)
    }

    /// The outcome of a body that returned `output`. The counts rest on it that
    /// what ran is never told as what did not.
    #[inline]
    pub(crate) fn of_output(output: impl TaskOutput) -> Self {
        match output.into_outcome() {
            outcome @ (Self::Completed | Self::Failed(_) | Self::Panicked(_)) => outcome,
            untrue => Self::of_untrue(&untrue),
        }
    }

    #[cold]
    fn of_untrue(said: &Self) -> Self {
        let message = format!("the body ran to its end, but says that it became {said:?}");
        Self::Failed(Failure::new(&message))
    }

    /// The outcome of a body that panicked with `payload`.
    pub(crate) fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let outcome = Self::Panicked(Failure::new(panic_message(&*payload)));
        // A payload is the user's value; its destructor may panic in turn.
        drop_contained(payload);
        outcome
    }
}

/// What the body of a task may return: `()`, or a `Result<(), E>` whose error
/// can be displayed.
///
/// An `Err` becomes [`Outcome::Failed`] and one `tracing` event; it is never
/// silent.
///
/// A type of one's own may say [`Completed`](Outcome::Completed),
/// [`Failed`](Outcome::Failed) or [`Panicked`](Outcome::Panicked), as by passing on
/// the outcome of a `Result`. A body that returned was not skipped, cancelled, cut
/// off or out of time: where it says so, the task ends as `Failed`, with a message
/// that tells.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{Outcome, Task, TaskOutput, testing};
/// use http::StatusCode;
///
/// /// How many of the mails have gone out.
/// struct Mailed {
///     sent: usize,
///     of: usize,
/// }
///
/// impl TaskOutput for Mailed {
///     fn into_outcome(self) -> Outcome {
///         let Mailed { sent, of } = self;
///         let result = if sent == of { Ok(()) } else { Err(format!("{sent} of {of} sent")) };
///         result.into_outcome()
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(async {
///     Task::new(|| Mailed { sent: 2, of: 3 }).follow_response();
/// }).await;
/// let outcomes = recorded.respond(StatusCode::OK).await;
/// let Outcome::Failed(failure) = &outcomes[0] else { panic!("{outcomes:?}") };
/// assert_eq!(failure.message(), "2 of 3 sent");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a task that follows the response can't return `{Self}`",
    label = "this value would be lost: nobody is left to receive it",
    note = "return `()`, or `Result<(), E>` where `E: Display` to have the error reported",
    note = "for async work give an `async move` block to `Task::future`, or write `async` in \
            front of the `fn`, closure or block that has the attribute"
)]
pub trait TaskOutput {
    /// Returns the outcome of a body that returned this value. Called where the
    /// body ran, once; a panic in it is one of the body's.
    fn into_outcome(self) -> Outcome;
}

impl TaskOutput for () {
    fn into_outcome(self) -> Outcome {
        Outcome::Completed
    }
}

impl<E: fmt::Display> TaskOutput for Result<(), E> {
    fn into_outcome(self) -> Outcome {
        match self {
            Ok(()) => Outcome::Completed,
            Err(error) => Outcome::Failed(Failure::new(&error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_whose_display_panics_is_a_panic() {
        struct Rude;
        impl fmt::Display for Rude {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("no manners")
            }
        }
        let outcome = Outcome::of(|| Err::<(), _>(Rude).into_outcome());
        assert_eq!(outcome, Outcome::Panicked(Failure::new("no manners")));
    }

    #[test]
    fn a_destructor_that_panics_is_contained() {
        struct Rude;
        impl Drop for Rude {
            fn drop(&mut self) {
                panic!("no manners")
            }
        }
        drop_contained(Rude);
        let outcome = Outcome::of(|| std::panic::panic_any(Rude));
        assert!(matches!(outcome, Outcome::Panicked(_)));
    }
}
