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

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;
    use std::time::Duration;

    use http::StatusCode;

    use crate::{Executor, ResponseScope, follow_response};

    /// Registers a task when it is dropped.
    struct RegistersLast;

    impl Drop for RegistersLast {
        fn drop(&mut self) {
            follow_response(|| ());
        }
    }

    #[tokio::test]
    async fn what_the_destructor_of_a_handler_registers_follows_the_response() {
        let executor = Executor::new();
        // Unlike an `async` block, this still holds what it captured when it ends.
        let last = RegistersLast;
        let handler = poll_fn(move |_| {
            let _held = &last;
            Poll::Ready(())
        });
        let scope = ResponseScope::new().executor(executor.clone());
        let ((), pending) = scope.run(handler).await;
        pending.respond(StatusCode::OK).sent();
        let drained = executor.drain(Duration::from_secs(30)).await;
        assert_eq!(drained.stats().completed, 1, "{:?}", drained.stats());
    }
}
