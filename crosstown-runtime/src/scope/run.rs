//! A handler that runs in its scope.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Poller, Poll};

use pin_project_lite::pin_project;

use super::beside::{Beside, Left};
use super::cell::ScopeCell;
use super::context::Context;
use super::in_context::InContext;
use super::in_flight::Pending;

pin_project! {
    /// The future of [`ResponseScope::run`](super::ResponseScope::run).
    #[must_use = "a handler that is not polled does not run"]
    pub struct Run<F> {
        #[pin]
        handler: InContext<F, Handing>,
    }
}

impl<F> Run<F> {
    #[inline]
    pub(super) fn new(cell: ScopeCell, handler: F) -> Self {
        Self {
            handler: InContext::new(Context::Handler(cell), Handing, handler),
        }
    }
}

impl<F: Future> Future for Run<F> {
    type Output = (F::Output, Pending);

    fn poll(self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<Self::Output> {
        self.project().handler.poll(cx)
    }
}

/// Hands out what was registered, with the output.
struct Handing;

impl<O> Beside<O> for Handing {
    type Output = (O, Pending);

    fn pass(&mut self, poll: Poll<O>, mut left: Left<'_>) -> Poll<Self::Output> {
        poll.map(|output| {
            let pending = left.take_pending();
            (output, pending.unwrap_or_else(|| Pending::new(None)))
        })
    }
}

impl<F> fmt::Debug for Run<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}
