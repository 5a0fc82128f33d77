//! Handlers that run to their end though their client is gone.

use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use http_body::Body;
use tokio::task::JoinHandle;

use super::exchange::{Exchange, sent_as};
use super::followed::FollowedBody;
use crate::events;
use crate::executor::DetachedHandler;
use crate::scope::{InFlight, Run};

/// Future of [`Following::call_detached`](super::Following::call_detached).
///
/// Dropping it leaves the handler running.
#[must_use = "a response that is dropped counts as aborted"]
pub struct FollowDetached<B, E> {
    handler: JoinHandle<Result<Answer<B>, E>>,
    exchange: Exchange,
}

/// A response whose status is known. Dropped where nobody fetches it, it ends
/// as aborted by the client.
struct Answer<B> {
    response: Response<B>,
    in_flight: InFlight,
}

impl<B: Send + 'static, E: Send + 'static> FollowDetached<B, E> {
    pub(super) fn spawn<F>(handler: Run<F>, waited_for: DetachedHandler, exchange: Exchange) -> Self
    where
        F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    {
        let version = exchange.version();
        let handler = events::in_current_span(async move {
            let (response, pending) = handler.await;
            // An error drops `pending`: there is no response.
            let response = response?;
            let in_flight = pending.respond(sent_as(response.status(), version));
            // What it registered is waited for from here on.
            drop(waited_for);
            Ok(Answer {
                response,
                in_flight,
            })
        });
        Self {
            handler: tokio::spawn(handler),
            exchange,
        }
    }
}

impl<B: Body<Data = Bytes>, E> Future for FollowDetached<B, E> {
    type Output = Result<Response<FollowedBody<B>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = match ready!(Pin::new(&mut self.handler).poll(cx)) {
            Ok(answer) => answer?,
            Err(error) => match error.try_into_panic() {
                // As if the handler had been polled here.
                Ok(panic) => resume_unwind(panic),
                // Its runtime is shut down, and with it what polls this.
                Err(_) => return Poll::Pending,
            },
        };
        let Answer {
            response,
            in_flight,
        } = answer;
        let followed = self.exchange.follow(response, in_flight);
        Poll::Ready(Ok(
            followed.unwrap_or_else(|response| response.map(FollowedBody::untouched))
        ))
    }
}

impl<B, E> fmt::Debug for FollowDetached<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowDetached").finish_non_exhaustive()
    }
}
