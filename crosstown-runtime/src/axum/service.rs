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
use crate::body::{Follow, FollowDetached, Following, Shape};

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
        ResponseFuture {
            handler: if self.detached {
                Handler::Detached {
                    handler: following.call_detached(request, call),
                }
            } else {
                Handler::Attached {
                    handler: following.call(request, call),
                }
            },
        }
    }
}

pin_project! {
    /// Response future of [`FollowService`].
    pub struct ResponseFuture<F> {
        #[pin]
        handler: Handler<F>,
    }
}

pin_project! {
    #[project = HandlerProjected]
    enum Handler<F> {
        /// Dropped with its client.
        Attached {
            #[pin]
            handler: Follow<F>,
        },
        /// Runs to its end.
        Detached {
            #[pin]
            handler: FollowDetached<Body, Infallible>,
        },
    }
}

/// A body that nothing follows goes to hyper as it came.
const AS_IT_CAME: Shape<Body, Body> = Shape {
    untouched: |response| response,
    followed: Body::new,
};

impl<F> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match self.project().handler.project() {
            HandlerProjected::Attached { handler } => return handler.poll_shaped(cx, AS_IT_CAME),
            HandlerProjected::Detached { handler } => ready!(handler.poll(cx))?,
        };
        Poll::Ready(Ok(response.map(|body| match body.into_untouched() {
            Ok(body) => body,
            Err(body) => Body::new(body),
        })))
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
