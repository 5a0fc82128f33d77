//! The one allocation of a task: its body, and what is known of it.
//!
//! Invariants:
//! 1. The body is there as long as the task is pending. Who takes it out, under
//!    the cell's lock, and nobody else, runs it or drops it.
//! 2. Who took the body out ends the task, exactly once. [`Running`] and
//!    [`Drive`] do so from their destructors when the body is dropped half-way.
//! 3. No user code, destructors included, runs under the lock.

use std::any::Any;
use std::future::Future;
use std::mem;
use std::sync::Arc;

use super::between::Between;
use super::drive::Drive;
use super::header::{Header, Running};
use super::runnable::{BoxedFuture, Runnable};
use crate::executor::Claim;
use crate::lock::lock;
use crate::outcome::{Outcome, TaskOutput};
use crate::scope::context::enter;
use crate::sent::{Report, Sent};
use crate::sys::Mutex;
use crate::unwind::drop_contained;

/// A body and its header. `B` is [`BlockingBody`] or [`AsyncBody`].
pub(crate) struct Cell<B> {
    header: Header,
    stage: Mutex<Stage<B>>,
}

/// How far a task is.
enum Stage<B> {
    Pending(B),
    /// Its body is being run, or dropped.
    Taken,
    Ended(Outcome),
}

/// A body of either kind.
pub(super) trait Body: Sized + Send + 'static {
    /// See [`Runnable::is_blocking`].
    const IS_BLOCKING: bool;

    /// See [`Runnable::run`].
    fn run(_: &Cell<Self>, _: &Report, _: &mut Between) {}

    /// See [`Runnable::future`].
    fn future(_: Arc<Cell<Self>>, _: &Claim) -> Option<BoxedFuture> {
        None
    }
}

/// A body that runs on one thread from its start to its end.
pub(crate) struct BlockingBody<F>(pub(crate) F);

/// A body that makes a future.
pub(crate) struct AsyncBody<F>(pub(crate) F);

impl<B: Send + 'static> Cell<B> {
    #[inline(always)]
    pub(crate) fn new(header: Header, body: B) -> Self {
        Self {
            header,
            stage: Mutex::new(Stage::Pending(body)),
        }
    }

    pub(super) fn take(&self) -> Option<B> {
        let mut stage = lock(&self.stage);
        match mem::replace(&mut *stage, Stage::Taken) {
            Stage::Pending(body) => Some(body),
            other => {
                *stage = other;
                None
            }
        }
    }
}

impl<B: Body> Runnable for Cell<B> {
    fn header(&self) -> &Header {
        &self.header
    }

    fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }

    fn as_dyn(&self) -> &dyn Runnable {
        self
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }

    fn is_blocking(&self) -> bool {
        B::IS_BLOCKING
    }

    fn discard(&self) -> bool {
        let Some(body) = self.take() else {
            return false;
        };
        drop_contained(body);
        if let Some(extras) = self.header.options.extras() {
            extras.discard();
        }
        true
    }

    fn keep(&self, outcome: Outcome) {
        let before = mem::replace(&mut *lock(&self.stage), Stage::Ended(outcome));
        drop(before);
    }

    fn outcome(&self) -> Option<Outcome> {
        if self.header.has_completed() {
            return Some(Outcome::Completed);
        }
        match &*lock(&self.stage) {
            Stage::Ended(outcome) => Some(outcome.clone()),
            Stage::Pending(_) | Stage::Taken => None,
        }
    }

    fn run(&self, report: &Report, between: &mut Between) {
        B::run(self, report, between);
    }

    fn future(self: Arc<Self>, claim: &Claim) -> Option<BoxedFuture> {
        B::future(self, claim)
    }
}

impl<F, R> Body for BlockingBody<F>
where
    F: FnOnce(&Sent) -> R + Send + 'static,
    R: TaskOutput,
{
    const IS_BLOCKING: bool = true;

    fn run(task: &Cell<Self>, report: &Report, between: &mut Between) {
        let Some(Self(body)) = task.take() else {
            return;
        };
        let header = &task.header;
        let sent = report.seen_by(header);
        let running = Running::begin(task, &sent, between.started_at());
        let mut carried = header.carried();
        let context = between.context();
        let outcome = Outcome::of(|| {
            let body = || carried.enter(|| Outcome::of_output(body(&sent)));
            running.span().in_scope(|| enter(context, body))
        });
        // Who is told of the outcome finds nothing of the task's left.
        drop(carried);
        between.ended(header, running.end(outcome));
    }
}

impl<F, Fut> Body for AsyncBody<F>
where
    F: FnOnce(&Sent) -> Fut + Send + 'static,
    Fut: Future<Output: TaskOutput> + Send + 'static,
{
    const IS_BLOCKING: bool = false;

    fn future(task: Arc<Cell<Self>>, claim: &Claim) -> Option<BoxedFuture> {
        Some(Box::pin(Drive::new(task, claim.clone())))
    }
}
