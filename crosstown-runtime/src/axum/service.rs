//! The service of one connection, which hands the connection to its requests.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::listener::FollowedListener;
use crate::body::{Asked, Exchange, FollowDetached, FollowedBody, Following, follow};
use crate::scope::{Beside, InContext, Left, Pending};

/// Makes the service of each connection; used by [`serve`](super::serve).
pub(super) struct FollowMakeService<M> {
    make: M,
    following: Following,
    detached: bool,
}

impl<M> FollowMakeService<M> {
    pub(super) fn new(make: M, following: Following, detached: bool) -> Self {
        Self {
            make,
            following,
            detached,
        }
    }
}

impl<'a, L, M, S> Service<IncomingStream<'a, FollowedListener<L>>> for FollowMakeService<M>
where
    L: Listener,
    M: Service<IncomingStream<'a, FollowedListener<L>>, Error = Infallible, Response = S>,
{
    type Response = FollowService<S>;
    type Error = Infallible;
    type Future = MakeFuture<M::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.make.poll_ready(cx)
    }

    fn call(&mut self, stream: IncomingStream<'a, FollowedListener<L>>) -> Self::Future {
        let following = self.following.clone().wire(stream.io().handle());
        MakeFuture {
            make: self.make.call(stream),
            following: Some(following),
            detached: self.detached,
        }
    }
}

pin_project! {
    /// Future of [`FollowMakeService`].
    pub(super) struct MakeFuture<F> {
        #[pin]
        make: F,
        following: Option<Following>,
        detached: bool,
    }
}

impl<F, S> Future for MakeFuture<F>
where
    F: Future<Output = Result<S, Infallible>>,
{
    type Output = Result<FollowService<S>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let inner = ready!(this.make.poll(cx))?;
        Poll::Ready(Ok(FollowService {
            inner,
            following: this.following.take().unwrap_or_default(),
            detached: *this.detached,
        }))
    }
}

/// The service of one connection; used by [`serve`](super::serve).
#[derive(Clone)]
pub(super) struct FollowService<S> {
    inner: S,
    following: Following,
    detached: bool,
}

impl<S> Service<Request> for FollowService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (inner, following) = (&mut self.inner, &self.following);
        let call = |request| inner.call(request);
        if self.detached {
            return detached(following.call_detached(request, call));
        }
        // Nothing is in progress around it: axum spawns each connection.
        following.call_outermost(request, call, Way::Attached)
    }
}

/// Response future of [`FollowService`].
pub(super) type ResponseFuture<F> = InContext<F, Way>;

#[cold]
fn detached<F>(handler: FollowDetached<Body, Infallible>) -> ResponseFuture<F> {
    InContext::without(Way::Detached(handler))
}

/// How a handler runs.
pub(super) enum Way {
    /// Dropped with its client.
    Attached(Asked),
    /// To its end, on a task of its own.
    Detached(FollowDetached<Body, Infallible>),
}

type Answer = Result<Response, Infallible>;

impl Beside<Answer> for Way {
    type Output = Answer;

    #[inline]
    fn pass(&mut self, poll: Poll<Answer>, mut left: Left<'_>) -> Poll<Answer> {
        if poll.is_ready()
            && let Some(pending) = left.take_pending()
            && let Self::Attached(asked) = *self
        {
            return followed(poll, pending, &asked.over(left.version(), left.wire()));
        }
        // Where nothing follows, the response goes to hyper as it came.
        poll
    }

    fn poll_alone(&mut self, cx: &mut Context<'_>) -> Poll<Answer> {
        match self {
            Self::Detached(handler) => {
                let Ok(response) = ready!(Pin::new(handler).poll(cx));
                Poll::Ready(Ok(response.map(unwrapped)))
            }
            Self::Attached(_) => panic!("polled after its end"),
        }
    }
}

#[cold]
fn followed(poll: Poll<Answer>, pending: Pending, exchange: &Exchange) -> Poll<Answer> {
    let Ok(response) = follow(ready!(poll), pending, exchange);
    Poll::Ready(Ok(match response {
        Ok(followed) => followed.map(Body::new),
        Err(untouched) => untouched,
    }))
}

fn unwrapped(body: FollowedBody<Body>) -> Body {
    match body.into_untouched() {
        Ok(body) => body,
        Err(body) => Body::new(body),
    }
}
