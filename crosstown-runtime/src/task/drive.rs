//! The future of an async task.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Poller, Poll, ready};
use std::time::Instant;

use pin_project_lite::pin_project;

use super::cell::{AsyncBody, Body, Cell};
use super::contained::Contained;
use super::runnable::{Queued, Runnable, TaskFuture};
use crate::executor::Claim;
use crate::outcome::{Outcome, TaskOutput};
use crate::scope::context::{Context, Other, enter};
use crate::sent::Sent;
use crate::span::TaskSpan;
use crate::unwind::drop_contained;

pin_project! {
    /// Polls an async body to its end, in the context of its task. Dropped before
    /// that, it ends the task.
    // By hand: of async functions inside each other, each holds the body anew.
    pub(super) struct Drive<F, Fut>
    where
        AsyncBody<F>: Body,
    {
        task: Queued<Cell<AsyncBody<F>>>,
        context: Context,
        has_begun: bool,
        // While the body is being run.
        span: Option<TaskSpan>,
        #[pin]
        body: Option<Contained<Fut>>,
    }

    impl<F, Fut> PinnedDrop for Drive<F, Fut>
    where
        AsyncBody<F>: Body,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(span) = this.span.take() {
                let drop = || enter(this.context, || span.in_scope(|| this.body.set(None)));
                if let Err(payload) = catch_unwind(AssertUnwindSafe(drop)) {
                    drop_contained(payload);
                }
                this.task.0.as_dyn().end(Outcome::Abandoned, &span);
            }
        }
    }
}

impl<F, Fut> Drive<F, Fut>
where
    F: FnOnce(&Sent) -> Fut + Send + 'static,
    Fut: Future<Output: TaskOutput> + Send + 'static,
{
    pub(super) fn new(task: Arc<Cell<AsyncBody<F>>>, claim: Claim) -> Self {
        Self {
            task: Queued(task),
            context: Context::task(claim),
            has_begun: false,
            span: None,
            body: None,
        }
    }

    /// Takes the body out and makes its future. Returns whether there is one to
    /// be polled.
    fn begin(self: Pin<&mut Self>) -> bool {
        let mut this = self.project();
        *this.has_begun = true;
        let Context::Other(Other::Task(claim)) = &*this.context else {
            return false;
        };
        let report = &claim.origin().report;
        let task = &this.task.0;
        let Some(AsyncBody(make)) = task.take() else {
            return false;
        };
        let header = task.header();
        // A look at the clock is spared where nobody is told of times.
        let now = if header.executor.tells_times() {
            Instant::now()
        } else {
            report.reached_at
        };
        let sent = report.seen_by(header);
        let span = this.span.insert(task.as_dyn().begin(&sent, now));
        let made = enter(this.context, || {
            span.in_scope(|| Contained::make(task.header(), || make(&sent)))
        });
        match made {
            Ok(body) => this.body.set(Some(body)),
            Err(payload) => {
                if let Some(span) = this.span.take() {
                    task.as_dyn().end(Outcome::from_panic(payload), &span);
                }
            }
        }
        this.body.is_some()
    }
}

impl<F, Fut> Future for Drive<F, Fut>
where
    F: FnOnce(&Sent) -> Fut + Send + 'static,
    Fut: Future<Output: TaskOutput> + Send + 'static,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<()> {
        if !self.has_begun && !self.as_mut().begin() {
            return Poll::Ready(());
        }
        let mut this = self.project();
        let (Some(span), Some(body)) = (&this.span, this.body.as_mut().as_pin_mut()) else {
            return Poll::Ready(());
        };
        let poll = || body.poll(cx);
        let outcome = ready!(enter(this.context, || span.in_scope(poll)));
        this.body.set(None);
        if let Some(span) = this.span.take() {
            this.task.0.as_dyn().end(outcome, &span);
        }
        Poll::Ready(())
    }
}

impl<F, Fut> TaskFuture for Drive<F, Fut>
where
    F: FnOnce(&Sent) -> Fut + Send + 'static,
    Fut: Future<Output: TaskOutput> + Send + 'static,
{
    fn renew(mut self: Pin<&mut Self>, claim: &Claim) -> bool {
        let Ok(task) = Arc::clone(claim.task()).into_any().downcast() else {
            return false;
        };
        self.set(Self::new(task, claim.clone()));
        true
    }
}
