//! A tower layer, for servers and frameworks that take one.
//!
//! The handler must run within the future of the layer's service: where a framework runs
//! it elsewhere, as salvo's tower compat does, which sends the request over a channel, no
//! response is in progress in it, its tasks run at once, and the log warns.
//!
//! Put [`CrosstownLayer`] outermost: a layer outside of it that consumes the
//! body, such as one that compresses, hides the end of the response from it. On
//! axum's `Router`, where the layer that is added last is the outermost, add it last.
//!
//! By itself the layer knows when the transport *lets go* of a response, which
//! is not always when it is sent; [`body`](crate::body) says when it is. Given
//! the connection by [`CrosstownLayer::wire`], it knows exactly. For axum there
//! is a shorter way to the same: `axum::serve` of this crate. Where another server
//! accepts for axum, such as axum-server with TLS, an acceptor of one's own wraps the
//! stream and adds the layer: see the example `axum_server_tls`.
//!
//! # Examples
//!
//! ```
//! use bytes::Bytes;
//! use crosstown_runtime::tower::CrosstownLayer;
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let service = ServiceBuilder::new()
//!     .layer(CrosstownLayer::new())
//!     .service(service_fn(|_: Request<()>| async {
//!         crosstown_runtime::follow_response(|| println!("after the response"));
//!         Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from("hello"))))
//!     }));
//! let response = service.oneshot(Request::new(())).await.unwrap();
//! # drop(response);
//! # }
//! ```
//!
//! # Stopping
//!
//! `axum::serve` of this crate, told to stop, waits for its tasks. Other servers, such
//! as tonic's with `serve_with_shutdown` and axum-server's with `graceful_shutdown`, know
//! nothing of them: what has not ended when they return can be lost with the runtime.
//! There keep a clone of the layer's executor, and await its drain after the server has
//! returned. A layer that was given none has [`Executor::global`].
//!
//! ```
//! use std::time::Duration;
//!
//! use crosstown_runtime::Executor;
//! use crosstown_runtime::tower::CrosstownLayer;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let executor = Executor::new();
//! let layer = CrosstownLayer::new().executor(executor.clone());
//! // … serve with `layer`, until the server returns …
//! # use tower::{Layer, ServiceExt};
//! # let service = layer.layer(tower::service_fn(|_: http::Request<()>| async {
//! #     crosstown_runtime::follow_response(|| ());
//! #     let body = http_body_util::Full::new(bytes::Bytes::from("hello"));
//! #     Ok::<_, std::convert::Infallible>(http::Response::new(body))
//! # }));
//! # drop(service.oneshot(http::Request::new(())).await.unwrap());
//! let drained = executor.drain(Duration::from_secs(10)).await;
//! if !drained.is_complete() {
//!     eprintln!("{} tasks are left", drained.stats().unfinished());
//! }
//! # assert!(drained.is_complete());
//! # assert_eq!(drained.stats().registered, 1);
//! # }
//! ```

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{Follow, FollowDetached, FollowedBody, Following};
use crate::events;
use crate::executor::Executor;
use crate::wire::WireHandle;

/// Layer that gives each request a response scope; see [the module](self).
#[derive(Debug, Clone, Default)]
pub struct CrosstownLayer {
    following: Following,
}

impl CrosstownLayer {
    /// Makes a layer whose tasks run on the runtime that serves the request,
    /// counted by [`Executor::global`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the executor that runs and counts the tasks.
    #[must_use]
    pub fn executor(mut self, executor: Executor) -> Self {
        self.following = self.following.executor(executor);
        self
    }

    /// Says over which connection the requests come, so that a response counts
    /// as sent when its last byte is on that wire: for servers that make a
    /// service for each connection.
    ///
    /// # Examples
    ///
    /// A connection of hyper's:
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use bytes::Bytes;
    /// use crosstown_runtime::tower::CrosstownLayer;
    /// use crosstown_runtime::wire::WireStream;
    /// use crosstown_runtime::{Executor, follow_response};
    /// use http::{Request, Response};
    /// use http_body_util::Full;
    /// use hyper::body::Incoming;
    /// use hyper::server::conn::http1;
    /// use hyper_util::rt::TokioIo;
    /// use hyper_util::service::TowerToHyperService;
    /// use tokio::net::TcpListener;
    /// use tower::{ServiceBuilder, service_fn};
    ///
    /// # use tokio::{io::AsyncWriteExt, net::TcpStream};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = service_fn(|_: Request<Incoming>| async {
    ///     follow_response(|| println!("the last byte is on the wire"));
    ///     Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("hello"))))
    /// });
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// # let mut client = TcpStream::connect(listener.local_addr()?).await?;
    /// # client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await?;
    /// let (stream, _) = listener.accept().await?;
    /// let stream = WireStream::new(stream);
    /// let executor = Executor::new();
    /// let layer = CrosstownLayer::new().executor(executor.clone()).wire(stream.handle());
    /// let service = TowerToHyperService::new(ServiceBuilder::new().layer(layer).service(app));
    /// http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
    ///
    /// # executor.drain(std::time::Duration::from_secs(60)).await;
    /// assert_eq!(executor.stats().completed, 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn wire(mut self, wire: WireHandle) -> Self {
        self.following = self.following.wire(wire);
        self
    }
}

impl CrosstownLayer {
    /// Sets how long a response may take from its head until a task's phase; see
    /// [`ResponseScope::time_limit`](crate::ResponseScope::time_limit). There is
    /// no limit unless said.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.following = self.following.time_limit(limit);
        self
    }

    /// Returns a layer whose handlers run to their end though their client is
    /// gone; see [`Following::call_detached`].
    #[must_use]
    pub fn detached(self) -> DetachedLayer {
        DetachedLayer { layer: self }
    }
}

impl<S> Layer<S> for CrosstownLayer {
    type Service = Crosstown<S>;

    fn layer(&self, inner: S) -> Crosstown<S> {
        if !self.following.has_wire() {
            events::release_only();
        }
        Crosstown {
            inner,
            following: self.following.clone(),
        }
    }
}

/// Service that gives each request a response scope; see [the module](self).
#[derive(Debug, Clone)]
pub struct Crosstown<S> {
    inner: S,
    following: Following,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Crosstown<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body<Data = Bytes>,
{
    type Response = Response<FollowedBody<ResBody>>;
    type Error = S::Error;
    type Future = Follow<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let inner = &mut self.inner;
        self.following.call(request, |request| inner.call(request))
    }
}

/// Layer that gives each request a response scope and lets its handler run to
/// its end; from [`CrosstownLayer::detached`].
#[derive(Debug, Clone)]
pub struct DetachedLayer {
    layer: CrosstownLayer,
}

impl<S> Layer<S> for DetachedLayer {
    type Service = Detached<S>;

    fn layer(&self, inner: S) -> Detached<S> {
        Detached {
            service: self.layer.layer(inner),
        }
    }
}

/// Service that gives each request a response scope and lets its handler run to
/// its end; from [`DetachedLayer`].
#[derive(Debug, Clone)]
pub struct Detached<S> {
    service: Crosstown<S>,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Detached<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    ResBody: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<FollowedBody<ResBody>>;
    type Error = S::Error;
    type Future = FollowDetached<ResBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let Crosstown { inner, following } = &mut self.service;
        following.call_detached(request, |request| inner.call(request))
    }
}
