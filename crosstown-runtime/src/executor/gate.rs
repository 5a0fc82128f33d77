//! Waiting for something besides the response.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as Poller, Poll};
use std::time::Duration;

use tokio::task::unconstrained;

use super::Home;
use super::aside::Spot;
use super::chunk::{Chunk, Claim, Origin};
use crate::options::OnAbort;
use crate::outcome::{Outcome, Skip};
use crate::scope::InContext;
use crate::scope::context::Context;
use crate::sent::Abort;
use crate::sys::wait;
use crate::task::{Queued, Runnable};
use crate::unwind::drop_contained;

/// What a future given to [`Task::also`](crate::Task::also) may return: `()`, `bool`,
/// a `Result` of one of these, or a type of one's own.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{AlsoOutput, OnAbort, Outcome, Skip, Task, testing};
/// use http::StatusCode;
///
/// enum Transaction {
///     Committed,
///     RolledBack,
/// }
///
/// impl AlsoOutput for Transaction {
///     fn may_start(&self) -> bool {
///         matches!(self, Self::Committed)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(async {
///     for end in [Transaction::Committed, Transaction::RolledBack] {
///         Task::new(|| println!("the order is in the books"))
///             .also(async { end })
///             .on_abort(OnAbort::Skip)
///             .follow_response();
///     }
/// }).await;
/// let outcomes = recorded.respond(StatusCode::OK).await;
/// assert_eq!(outcomes, [Outcome::Completed, Outcome::Skipped(Skip::Aborted)]);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`also` can't tell from `{Self}` whether the task may start",
    note = "return `()`, `true` or `false`, or a `Result` of one of these"
)]
pub trait AlsoOutput {
    /// Returns whether the task may start.
    fn may_start(&self) -> bool;
}

impl AlsoOutput for () {
    fn may_start(&self) -> bool {
        true
    }
}

impl AlsoOutput for bool {
    fn may_start(&self) -> bool {
        *self
    }
}

/// `Ok` says yes if its value does; any error says no.
impl<T: AlsoOutput, E> AlsoOutput for Result<T, E> {
    fn may_start(&self) -> bool {
        self.as_ref().is_ok_and(T::may_start)
    }
}

/// What a task waits for when its response has let it through.
pub(crate) struct Gate {
    opens: Pin<Box<dyn Future<Output = bool> + Send>>,
    /// How long it may take.
    pub(crate) limit: Option<Duration>,
}

/// How a wait at a gate ended.
enum Passed {
    /// The gate said yes, or no.
    Through(bool),
    Late,
    Panicked(Outcome),
    /// Something else has ended the task.
    Left,
}

/// A task that waits at its gate, and is listed there. Dropped there, as by the
/// end of its runtime, it ends.
struct Waiting {
    task: Option<Arc<dyn Runnable>>,
    executor: Home,
    spot: Spot,
}

impl Waiting {
    /// Lists the task. Returns the claim, too, by which it is known while it waits.
    fn list(executor: &Home, task: Arc<dyn Runnable>, origin: &Origin) -> (Self, Claim) {
        let alone = Chunk::new(Arc::clone(&task), origin.clone());
        let waiting = Self {
            task: Some(task),
            executor: executor.clone(),
            spot: executor.inner.at_gates.enter(&alone),
        };
        (waiting, Claim::new(&alone, 0))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.executor.inner.at_gates.leave(self.spot);
        if let Some(task) = self.task.take() {
            drop(Queued(task));
        }
    }
}

impl Gate {
    pub(crate) fn new<F>(also: F) -> Self
    where
        F: Future<Output: AlsoOutput> + Send + 'static,
    {
        Self {
            opens: Box::pin(async move { also.await.may_start() }),
            limit: None,
        }
    }

    /// Waits until the gate says yes or no, or no wait is needed any more. The gate
    /// is polled, and dropped, in the context of the task behind it.
    async fn pass(self, task: Claim) -> Passed {
        let limit = self.limit;
        let ends = Arc::clone(task.task());
        let mut ended = pin!(ends.header().ended());
        // A gate that has used up what tokio lets a task do in one turn does not
        // keep its limit from being asked.
        let mut late = pin!(unconstrained(async {
            match limit {
                Some(limit) => wait(limit).await,
                None => std::future::pending().await,
            }
        }));
        let mut opens = pin!(InContext::new(Context::task(task), (), self));
        poll_fn(|cx| {
            if ended.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Passed::Left);
            }
            let polled = catch_unwind(AssertUnwindSafe(|| opens.as_mut().poll(cx)));
            match polled {
                Ok(Poll::Ready(opened)) => Poll::Ready(Passed::Through(opened)),
                Ok(Poll::Pending) => late.as_mut().poll(cx).map(|()| Passed::Late),
                Err(payload) => Poll::Ready(Passed::Panicked(Outcome::from_panic(payload))),
            }
        })
        .await
    }
}

impl Future for Gate {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<bool> {
        self.opens.as_mut().poll(cx)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let nothing = Box::pin(std::future::ready(false));
        drop_contained(std::mem::replace(&mut self.opens, nothing));
    }
}

impl Home {
    /// Starts a task when its gate says so.
    pub(super) fn start_behind(&self, task: Arc<dyn Runnable>, origin: Origin) {
        let gate = task.take_gate();
        // Before it is polled: it is due, and for a drain to name.
        let (mut waiting, claim) = Waiting::list(self, task, &origin);
        let Some(runtime) = origin.runtime.clone() else {
            // It ends as shut down: there is no runtime to wait on.
            return;
        };
        runtime.spawn(async move {
            let passed = match gate {
                Some(gate) => gate.pass(claim).await,
                // Something else has ended the task, and dropped it.
                None => Passed::Left,
            };
            let (task, executor) = (waiting.task.take(), waiting.executor.clone());
            drop(waiting);
            if let Some(task) = task {
                executor.go_on(passed, task, origin);
            }
        });
    }

    /// Acts on what the gate of a task has said.
    fn go_on(&self, passed: Passed, task: Arc<dyn Runnable>, origin: Origin) {
        let mut report = origin.report;
        report.is_late = true;
        let refused = match passed {
            Passed::Through(true) => None,
            Passed::Left => return,
            Passed::Through(false) => Some(Abort::Also),
            Passed::Late => Some(Abort::TimeLimit),
            Passed::Panicked(outcome) => {
                let sent = report.seen_by(task.header());
                return task.end_begun(outcome, &sent);
            }
        };
        if refused.is_some() {
            report.aborted = report.aborted.or(refused);
            if task.header().options.on_abort() == OnAbort::Skip {
                return task.skip(Skip::Aborted);
            }
        }
        self.start(task.into(), report, origin.runtime.as_ref());
    }
}
