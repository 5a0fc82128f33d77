//! Polling a future of the user's: within its time, and behind a wall.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::carry::Carried;
use crate::outcome::drop_contained;

/// How a future of the user's ended.
pub(super) enum Ended<T> {
    Output(T),
    Panicked(Box<dyn Any + Send>),
    TimedOut,
}

pin_project! {
    /// A future whose panics become values, those of its destructor included:
    /// it is dropped as soon as it has ended.
    pub(super) struct Contained<F> {
        #[pin]
        future: Option<F>,
        carried: Carried,
    }
}

impl<F: Future> Contained<F> {
    pub(super) fn new(future: F, carried: Carried) -> Self {
        let future = Some(future);
        Self { future, carried }
    }

    /// Polls the future to its end, or for as long as `timeout` says.
    pub(super) async fn within(
        mut self: Pin<&mut Self>,
        timeout: Option<Duration>,
    ) -> Ended<F::Output> {
        let Some(timeout) = timeout else {
            return self.await;
        };
        let contained = self.as_mut();
        // tokio panics where the runtime has no timers.
        let timed = catch_unwind(AssertUnwindSafe(|| {
            tokio::time::timeout(timeout, contained)
        }));
        let timed = match timed {
            Ok(timed) => timed.await,
            Err(payload) => return Ended::Panicked(payload),
        };
        if let Ok(ended) = timed {
            return ended;
        }
        // What became of the body is known; that its destructor panics, too,
        // is left to the panic hook.
        if let Err(payload) = self.drop_future() {
            drop_contained(payload);
        }
        Ended::TimedOut
    }

    fn drop_future(self: Pin<&mut Self>) -> Result<(), Box<dyn Any + Send>> {
        let mut this = self.project();
        let drop = || this.carried.enter(|| this.future.set(None));
        catch_unwind(AssertUnwindSafe(drop))
    }
}

impl<F: Future> Future for Contained<F> {
    type Output = Ended<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.as_mut().project();
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let poll = || this.carried.enter(|| future.poll(cx));
        let ended = match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(poll) => Ended::Output(ready!(poll)),
            Err(payload) => Ended::Panicked(payload),
        };
        Poll::Ready(match (ended, self.drop_future()) {
            (ended, Ok(())) => ended,
            (Ended::Panicked(first), Err(second)) => {
                drop_contained(second);
                Ended::Panicked(first)
            }
            (output, Err(payload)) => {
                drop_contained(output);
                Ended::Panicked(payload)
            }
        })
    }
}
