//! A handler that runs in its scope.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Poller, Poll, ready};

use pin_project_lite::pin_project;

use super::context::{self, Context, InContext};
use super::in_flight::Pending;

pin_project! {
    /// The future of [`ResponseScope::run`](super::ResponseScope::run).
    #[must_use = "a handler that is not polled does not run"]
    pub struct Run<F> {
        #[pin]
        handler: InContext<Watched<F>>,
    }
}

impl<F: Future> Run<F> {
    pub(super) fn new(context: Context, handler: F) -> Self {
        Self {
            handler: context::enter(context, Watched { handler }),
        }
    }
}

impl<F: Future> Future for Run<F> {
    type Output = (F::Output, Pending);

    fn poll(self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<Self::Output> {
        let mut handler = self.project().handler;
        let output = ready!(handler.as_mut().poll(cx));
        let state = match handler.take_value() {
            Some(Context::Handler(cell)) => cell.into_state(),
            _ => None,
        };
        Poll::Ready((output, Pending::new(state)))
    }
}

impl<F> fmt::Debug for Run<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

pin_project! {
    /// A handler whose panic is noted on its way out. When the scope is dropped
    /// later, a thread that is unwinding can't be told from one that is not:
    /// whoever caught the panic drops the future afterwards.
    struct Watched<F> {
        #[pin]
        handler: F,
    }
}

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<F::Output> {
        let watch = NotePanic;
        let poll = self.project().handler.poll(cx);
        std::mem::forget(watch);
        poll
    }
}

/// Dropped only by a panic.
struct NotePanic;

impl Drop for NotePanic {
    fn drop(&mut self) {
        context::handler_panicked();
    }
}
