//! The server.

use std::convert::Infallible;
use std::fmt::{self, Debug};
use std::future::{Future, IntoFuture};
use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::sync::mpsc;
use tower_service::Service;

use super::listener::{FollowedListener, followed};
use super::service::FollowMakeService;
use super::shutdown;
use crate::body::Following;
use crate::executor::Executor;

/// Serves an app with axum, and follows its responses to the wire.
///
/// A drop-in for [`axum::serve`](fn@axum::serve): the same arguments, the same methods, the
/// same behaviour towards clients. Besides, what handlers register starts when
/// the last byte of their response has left the process, exactly, over HTTP/1
/// and HTTP/2.
///
/// Tasks are run and counted by an [`Executor`] of the server's own, unless
/// [`Serve::executor`] gives it another.
///
/// # Examples
///
/// See [the module](super).
pub fn serve<L, M, S>(listener: L, make_service: M) -> Serve<L, M, S>
where
    L: Listener,
    M: for<'a> Service<IncomingStream<'a, FollowedListener<L>>, Error = Infallible, Response = S>,
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    Serve {
        listener,
        make_service,
        executor: Executor::new(),
        following: Following::new(),
        detached: false,
        service: PhantomData,
    }
}

/// A server to be awaited; from [`serve`].
///
/// It serves until it is dropped: its future never returns.
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve<L, M, S> {
    listener: L,
    make_service: M,
    executor: Executor,
    following: Following,
    detached: bool,
    service: PhantomData<fn() -> S>,
}

/// A server that can be told to stop; from [`Serve::with_graceful_shutdown`].
#[must_use = "a server does nothing until it is awaited"]
pub struct WithGracefulShutdown<L, M, S, F> {
    serve: Serve<L, M, S>,
    signal: F,
    deadline: Option<Duration>,
}

impl<L: Listener, M, S> Serve<L, M, S> {
    /// Sets the executor that runs and counts the tasks: to read its counts, for
    /// limits and hooks, or to share it between servers. A server that is told to stop
    /// waits for all tasks of its executor, those of other servers included.
    ///
    /// # Examples
    ///
    /// See [`with_graceful_shutdown`](Self::with_graceful_shutdown).
    pub fn executor(mut self, executor: Executor) -> Self {
        self.executor = executor;
        self
    }

    /// Lets handlers run to their end though their client is gone, instead of
    /// dropping them where they stand as hyper does. What such a handler
    /// registered ends as aborted, with the status that would have been sent,
    /// and the option `on_abort` decides; a handler that was dropped has no
    /// status, and `no_response` decides. A server that is told to stop waits for
    /// such handlers.
    ///
    /// # Examples
    ///
    /// ```
    /// use axum::{Router, routing::post};
    /// use crosstown_runtime::{Abort, Executor, Sent, follow_response};
    /// use tokio::net::TcpListener;
    ///
    /// # use std::sync::Arc;
    /// # use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Notify};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// # let (begun, gone) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    /// # let (has_begun, is_gone) = (begun.clone(), gone.clone());
    /// # let work = async move || { has_begun.notify_one(); is_gone.notified().await };
    /// let app = Router::new().route("/orders", post(|| async move {
    ///     work().await; // The client leaves here.
    ///     follow_response(|| {
    ///         let sent = Sent::current().expect("a task is running");
    ///         assert_eq!(sent.aborted(), Some(Abort::Client));
    ///     });
    /// }));
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// # let address = listener.local_addr()?;
    /// let executor = Executor::new();
    /// let server = crosstown_runtime::axum::serve(listener, app)
    ///     .executor(executor.clone())
    ///     .detached();
    /// tokio::spawn(server.into_future());
    ///
    /// # let mut client = TcpStream::connect(address).await?;
    /// # client.write_all(b"POST /orders HTTP/1.1\r\nhost: a\r\n\r\n").await?;
    /// # begun.notified().await;
    /// # drop(client);
    /// # tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    /// # gone.notify_one();
    /// # executor.drain(std::time::Duration::from_secs(60)).await;
    /// assert_eq!(executor.stats().completed, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Sets how long a response may take from its head until a task's phase; see
    /// [`ResponseScope::time_limit`](crate::ResponseScope::time_limit). There is
    /// no limit unless said.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.following = self.following.time_limit(limit);
        self
    }

    /// Makes the server stop accepting connections when `signal` completes. The
    /// future then returns once the requests under way are answered, as with
    /// axum, and the tasks that follow their responses have ended; with
    /// [`detached`](Self::detached), once all handlers have, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use axum::{Router, routing::get};
    /// use crosstown_runtime::{Executor, follow_response};
    /// use tokio::net::TcpListener;
    /// use tokio::sync::oneshot;
    ///
    /// # use tokio::{io::{AsyncReadExt, AsyncWriteExt}, net::TcpStream};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = Router::new().route("/", get(|| async {
    ///     follow_response(|| std::thread::sleep(Duration::from_millis(50)));
    ///     "hello"
    /// }));
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// # let address = listener.local_addr()?;
    /// let (stop, stopped) = oneshot::channel::<()>();
    /// let executor = Executor::new();
    /// let server = crosstown_runtime::axum::serve(listener, app)
    ///     .executor(executor.clone())
    ///     .with_graceful_shutdown(async { stopped.await.unwrap_or_default() })
    ///     .drain_deadline(Duration::from_secs(60));
    /// let server = tokio::spawn(server.into_future());
    ///
    /// # let mut client = TcpStream::connect(address).await?;
    /// # client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await?;
    /// # client.read_to_end(&mut Vec::new()).await?;
    /// drop(stop);
    /// server.await??;
    /// assert_eq!(executor.stats().completed, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_graceful_shutdown<F>(self, signal: F) -> WithGracefulShutdown<L, M, S, F>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        WithGracefulShutdown {
            serve: self,
            signal,
            deadline: None,
        }
    }

    /// Returns the address that the server listens on.
    ///
    /// # Errors
    ///
    /// The listener's.
    pub fn local_addr(&self) -> io::Result<L::Addr> {
        self.listener.local_addr()
    }
}

impl<L: Listener, M, S> Serve<L, M, S> {
    fn into_parts(self) -> (FollowedListener<L>, FollowMakeService<M>, Executor) {
        let following = self.following.executor(self.executor.clone());
        let make_service = FollowMakeService::new(self.make_service, following, self.detached);
        (followed(self.listener), make_service, self.executor)
    }
}

impl<L: Listener, M, S, F> WithGracefulShutdown<L, M, S, F> {
    /// Sets how long the server may take from its signal to its end, for the
    /// requests under way and the tasks together; for as long as they take
    /// unless said.
    ///
    /// When the deadline passes, the future returns all the same, and the log
    /// names each task that is left, as [`Executor::drain`] says. Futures go on
    /// until their runtime ends, and so do responses that have not ended: what
    /// follows those is named then, unless the process just exits.
    ///
    /// It is no bound on how long the process takes to exit: a runtime that is
    /// dropped, as at the end of `#[tokio::main]`, waits for closures that run,
    /// and for those that their threads go on with. Where that must have an end,
    /// make the runtime by hand and end it by [`Runtime::shutdown_timeout`].
    ///
    /// [`Runtime::shutdown_timeout`]: tokio::runtime::Runtime::shutdown_timeout
    ///
    /// # Panics
    ///
    /// Not here, but where the server is awaited, once it is told to stop: on a
    /// tokio runtime whose timers are not enabled.
    ///
    /// # Examples
    ///
    /// See [`Serve::with_graceful_shutdown`].
    pub fn drain_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Returns the address that the server listens on.
    ///
    /// # Errors
    ///
    /// The listener's.
    pub fn local_addr(&self) -> io::Result<L::Addr> {
        self.serve.local_addr()
    }
}

impl<L, M, S> IntoFuture for Serve<L, M, S>
where
    L: Listener,
    L::Addr: Debug,
    M: for<'a> Service<IncomingStream<'a, FollowedListener<L>>, Error = Infallible, Response = S>
        + Send
        + 'static,
    for<'a> <M as Service<IncomingStream<'a, FollowedListener<L>>>>::Future: Send,
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Output = io::Result<()>;
    type IntoFuture = ServeFuture;

    fn into_future(self) -> ServeFuture {
        let (listener, make_service, _) = self.into_parts();
        let server = axum::serve(listener, make_service);
        ServeFuture(Box::pin(server.into_future()))
    }
}

impl<L, M, S, F> IntoFuture for WithGracefulShutdown<L, M, S, F>
where
    L: Listener,
    L::Addr: Debug,
    M: for<'a> Service<IncomingStream<'a, FollowedListener<L>>, Error = Infallible, Response = S>
        + Send
        + 'static,
    for<'a> <M as Service<IncomingStream<'a, FollowedListener<L>>>>::Future: Send,
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    F: Future<Output = ()> + Send + 'static,
{
    type Output = io::Result<()>;
    type IntoFuture = ServeFuture;

    fn into_future(mut self) -> ServeFuture {
        let (open, mut handlers) = mpsc::channel(1);
        self.serve.following = self.serve.following.open(open);
        let (listener, make_service, executor) = self.serve.into_parts();
        let (signal, stopped) = shutdown::echo(self.signal);
        let server = axum::serve(listener, make_service).with_graceful_shutdown(signal);
        let server = async move {
            server.await?;
            // Closed with the last handler.
            handlers.recv().await;
            Ok(())
        };
        let Some(deadline) = self.deadline else {
            return ServeFuture(Box::pin(async move {
                server.await?;
                executor.idle().await;
                Ok(())
            }));
        };
        ServeFuture(Box::pin(shutdown::within(
            server, stopped, executor, deadline,
        )))
    }
}

/// The future of a server.
#[must_use = "a server does nothing until it is awaited"]
pub struct ServeFuture(Pin<Box<dyn Future<Output = io::Result<()>> + Send>>);

impl Future for ServeFuture {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll(cx)
    }
}

impl Debug for ServeFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeFuture").finish_non_exhaustive()
    }
}

impl<L: Debug, M: Debug, S> Debug for Serve<L, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("make_service", &self.make_service)
            .field("executor", &self.executor)
            .finish()
    }
}

impl<L: Debug, M: Debug, S, F> Debug for WithGracefulShutdown<L, M, S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithGracefulShutdown")
            .field("serve", &self.serve)
            .finish_non_exhaustive()
    }
}
