//! The service of one connection, which hands the connection to its requests.

use std::convert::Infallible;
use std::fmt;
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
use crate::body::{Asked, FollowDetached, FollowedBody, Following, follow};
use crate::scope::InContext;

/// Makes the service of each connection; used by [`serve`](super::serve).
#[derive(Debug, Clone)]
pub struct FollowMakeService<M> {
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
    pub struct MakeFuture<F> {
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
#[derive(Debug, Clone)]
pub struct FollowService<S> {
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
        ResponseFuture {
            handler: following.call_beside(request, call, Way::Attached),
        }
    }
}

pin_project! {
    /// Response future of [`FollowService`].
    pub struct ResponseFuture<F> {
        #[pin]
        handler: InContext<F, Way>,
    }
}

#[cold]
fn detached<F>(handler: FollowDetached<Body, Infallible>) -> ResponseFuture<F> {
    ResponseFuture {
        handler: InContext::without(Way::Detached(handler)),
    }
}

/// How a handler runs.
enum Way {
    /// Dropped with its client.
    Attached(Asked),
    /// To its end, on a task of its own.
    Detached(FollowDetached<Body, Infallible>),
}

impl<F> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = Result<Response, Infallible>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut handler = self.project().handler;
        if let Way::Detached(detached) = handler.as_mut().beside() {
            let Ok(response) = ready!(Pin::new(detached).poll(cx));
            return Poll::Ready(Ok(response.map(unwrapped)));
        }
        let poll = handler.as_mut().poll(cx);
        if poll.is_ready()
            && let Some(pending) = handler.as_mut().take_pending()
            && let Way::Attached(asked) = *handler.as_mut().beside()
        {
            let Ok(response) = follow(ready!(poll), pending, &asked.over(handler.wire()));
            return Poll::Ready(Ok(match response {
                Ok(followed) => followed.map(Body::new),
                Err(untouched) => untouched,
            }));
        }
        // Where nothing follows, the response goes to hyper as it came.
        poll
    }
}

fn unwrapped(body: FollowedBody<Body>) -> Body {
    match body.into_untouched() {
        Ok(body) => body,
        Err(body) => Body::new(body),
    }
}

macro_rules! opaque_debug {
    ($($name:ident)*) => {
        $(impl<F> fmt::Debug for $name<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })*
    };
}

opaque_debug!(MakeFuture ResponseFuture);
