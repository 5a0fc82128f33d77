//! The one allocation of a task: its body, and what is known of it.
//!
//! Invariants:
//! 1. The body is there as long as the task is pending. Who takes it out, under
//!    the cell's lock, and nobody else, runs it or drops it.
//! 2. Who took the body out ends the task, exactly once. [`Running`] does so
//!    from its destructor when the body is dropped half-way.
//! 3. No user code, destructors included, runs under the lock.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;

use super::contained::{Contained, Ended};
use super::header::{Header, Running};
use crate::lock::lock;
use crate::outcome::{Outcome, Skip, TaskOutput, drop_contained};
use crate::scope::context::{self, Origin, TaskContext};
use crate::sent::Sent;
use crate::sys::Mutex;

/// A body and its header. `B` is [`BlockingBody`] or [`AsyncBody`].
pub(crate) struct Cell<B> {
    header: Header,
    body: Mutex<Option<B>>,
}

/// A body that runs on one thread from its start to its end.
pub(crate) struct BlockingBody<F>(pub(crate) F);

/// A body that makes a future.
pub(crate) struct AsyncBody<F>(pub(crate) F);

/// The future of a task. Dropped before its end, it ends the task.
pub(crate) type BoxedFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A task of any body, shared by its scope and its registration.
pub(crate) trait Runnable: Send + Sync {
    fn header(&self) -> &Header;
    fn header_mut(&mut self) -> &mut Header;

    /// Whether it runs on a thread of its own, rather than being polled.
    fn is_blocking(&self) -> bool;

    /// Takes the body out and drops it. Returns whether it was still there:
    /// then the caller ends the task.
    fn discard(&self) -> bool;

    /// Runs a blocking body on this thread. Returns the future of an async one,
    /// which runs it where that is polled. Does nothing when the body is taken
    /// already, as by a cancellation.
    fn start(self: Arc<Self>, origin: Arc<Origin>) -> Option<BoxedFuture>;
}

impl<B: Send + 'static> Cell<B> {
    #[inline(always)]
    pub(crate) fn new(header: Header, body: B) -> Self {
        Self {
            header,
            body: Mutex::new(Some(body)),
        }
    }

    fn take(&self) -> Option<B> {
        lock(&self.body).take()
    }

    fn discard_body(&self) -> bool {
        self.take().map(drop_contained).is_some()
    }
}

impl<F, R> Cell<BlockingBody<F>>
where
    F: FnOnce(&Sent) -> R + Send + 'static,
    R: TaskOutput,
{
    fn run_here(&self, origin: Arc<Origin>) {
        let Some(BlockingBody(body)) = self.take() else {
            return;
        };
        let context = TaskContext::new(origin, &self.header);
        let sent = context.sent();
        let running = Running::begin(&self.header, &sent);
        let mut carried = self.header.options.carried();
        let outcome = Outcome::of(|| {
            let body = || carried.enter(|| body(&sent).into_outcome());
            running.span().in_scope(|| context::in_task(context, body))
        });
        running.end_blocking(outcome);
    }
}

impl<F, R> Runnable for Cell<BlockingBody<F>>
where
    F: FnOnce(&Sent) -> R + Send + 'static,
    R: TaskOutput,
{
    fn header(&self) -> &Header {
        &self.header
    }

    fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }

    fn is_blocking(&self) -> bool {
        true
    }

    fn discard(&self) -> bool {
        self.discard_body()
    }

    fn start(self: Arc<Self>, origin: Arc<Origin>) -> Option<BoxedFuture> {
        self.run_here(origin);
        None
    }
}

impl<F, Fut> Runnable for Cell<AsyncBody<F>>
where
    F: FnOnce(&Sent) -> Fut + Send + 'static,
    Fut: Future<Output: TaskOutput> + Send + 'static,
{
    fn header(&self) -> &Header {
        &self.header
    }

    fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }

    fn is_blocking(&self) -> bool {
        false
    }

    fn discard(&self) -> bool {
        self.discard_body()
    }

    fn start(self: Arc<Self>, origin: Arc<Origin>) -> Option<BoxedFuture> {
        let context = TaskContext::new(origin, &self.header);
        Some(Box::pin(drive(Queued(self), context)))
    }
}

/// A task handed to a runtime. When the runtime drops it unrun, as it does when
/// it is shut down, the task ends.
pub(crate) struct Queued<T: Runnable + ?Sized>(pub(crate) Arc<T>);

impl<T: Runnable + ?Sized> Drop for Queued<T> {
    fn drop(&mut self) {
        if self.0.discard() {
            self.0.header().end(Outcome::Skipped(Skip::ShutDown));
        }
    }
}

/// Polls an async body to its end, in the context of its task.
async fn drive<F, Fut>(queued: Queued<Cell<AsyncBody<F>>>, context: TaskContext)
where
    F: FnOnce(&Sent) -> Fut + Send + 'static,
    Fut: Future<Output: TaskOutput> + Send + 'static,
{
    let cell = &queued.0;
    let Some(AsyncBody(make)) = cell.take() else {
        return;
    };
    let running = Running::begin(&cell.header, &context.sent());
    let timeout = cell.header.options.timeout;
    let body = async {
        let mut carried = cell.header.options.carried();
        let make = || carried.enter(|| make(&context.sent()));
        let ended = match catch_unwind(AssertUnwindSafe(make)) {
            Ok(future) => pin!(Contained::new(future, carried)).within(timeout).await,
            Err(payload) => Ended::Panicked(payload),
        };
        match ended {
            Ended::Output(output) => Outcome::of(|| output.into_outcome()),
            Ended::Panicked(payload) => Outcome::from_panic(payload),
            Ended::TimedOut => Outcome::TimedOut,
        }
    };
    let body = running.span().around(body);
    let outcome = context::future_in_task(context.clone(), body).await;
    running.end(outcome);
}
