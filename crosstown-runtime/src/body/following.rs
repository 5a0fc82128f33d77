//! Calling a service in the scope of its response: what every adapter does.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;

use super::detached::FollowDetached;
use super::exchange::{Asked, Exchange, sent_as};
use super::followed::FollowedBody;
use crate::executor::{DetachedHandler, Executor};
#[cfg(feature = "axum")]
use crate::scope::Open;
use crate::scope::{
    Beside, InContext, Left, Pending, ResponseScope, ScopeHandle, Settings, context,
};
use crate::wire::WireHandle;

/// How the responses of a service are followed: the part that all adapters
/// share, for authors of another one.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use crosstown_runtime::body::Following;
/// use http::{Request, Response};
/// use http_body_util::Full;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let following = Following::new();
/// let response = following
///     .call(Request::new(()), |_request| async {
///         crosstown_runtime::follow_response(|| println!("after the response"));
///         Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from("hello"))))
///     })
///     .await
///     .unwrap();
/// // Hand `response` to the transport.
/// # drop(response);
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Following {
    // Made once for a server, and once more for each connection.
    settings: Arc<Settings>,
}

impl Following {
    /// Follows responses until the transport lets go of them, with tasks on the
    /// runtime that serves the request, counted by [`Executor::global`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the executor that runs and counts the tasks.
    #[must_use]
    pub fn executor(mut self, executor: Executor) -> Self {
        self.settings().executor = executor.into();
        self
    }

    /// Sets the connection over which the requests come: responses are then
    /// followed until their last byte is on that wire.
    #[must_use]
    pub fn wire(mut self, wire: WireHandle) -> Self {
        let settings = self.settings();
        settings.executor = settings.executor.apart();
        settings.wire = Some(wire);
        self
    }

    /// Sets how long a response may take from its head until a task's phase; see
    /// [`ResponseScope::time_limit`]. There is no limit unless said.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings().time_limit = Some(limit);
        self
    }

    /// Holds `open` as long as there is a connection or one of its handlers.
    #[cfg(feature = "axum")]
    pub(crate) fn open(mut self, open: Open) -> Self {
        self.settings().open = Some(open);
        self
    }

    /// Returns whether the connection is known.
    #[must_use]
    pub fn has_wire(&self) -> bool {
        self.settings.wire.is_some()
    }

    /// Calls a service in a scope of its own, and returns the future of its
    /// response, followed. Both `call` and the future it returns run in the
    /// scope.
    ///
    /// Where a response is in progress already, as under a second adapter, that
    /// one is followed, and this does nothing.
    // Inlined: the future of a router is large, and is copied otherwise.
    #[inline(always)]
    pub fn call<B, F>(&self, request: Request<B>, call: impl FnOnce(Request<B>) -> F) -> Follow<F>
    where
        F: Future,
    {
        let scope = (!context::is_response_in_progress()).then(|| self.scope(&request));
        let asked = Asked::new(&request);
        Follow {
            handler: InContext::make(scope, asked, request, call),
        }
    }

    /// Calls a service that no response can be in progress around, in a scope of
    /// its own. Returns its future, and beside it what is made of the request.
    // Inlined: the future of a router is large, and is copied otherwise.
    #[cfg(feature = "axum")]
    #[inline(always)]
    pub(crate) fn call_outermost<B, F, X>(
        &self,
        request: Request<B>,
        call: impl FnOnce(Request<B>) -> F,
        beside: impl FnOnce(Asked) -> X,
    ) -> InContext<F, X> {
        let scope = self.scope(&request);
        let asked = Asked::new(&request);
        InContext::make(Some(scope), beside(asked), request, call)
    }

    /// Like [`call`](Self::call), but the handler is not dropped when its client
    /// goes: it runs to its end, on a task of its own. What it registered then
    /// ends as aborted by [`Abort::Client`](crate::Abort::Client), with the
    /// status that would have been sent, and the option `on_abort` decides.
    ///
    /// Where a response is in progress already, as under a second adapter, this
    /// one is followed as that adapter would: over its connection, by its executor
    /// and within its time limit. [`Executor::drain`] waits for the handler, too.
    /// Where a test [records](crate::testing::record), it is recorded with the rest.
    ///
    /// The handler doesn't see task-locals of the caller's. With the feature
    /// `tracing` it runs in the caller's span.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn call_detached<B, F, ResBody, E>(
        &self,
        request: Request<B>,
        call: impl FnOnce(Request<B>) -> F,
    ) -> FollowDetached<ResBody, E>
    where
        F: Future<Output = Result<Response<ResBody>, E>> + Send + 'static,
        ResBody: Send + 'static,
        E: Send + 'static,
    {
        // Under a second adapter it is that one that knows the connection.
        let settings = context::current_settings();
        let settings = settings.as_ref().unwrap_or(&self.settings);
        let exchange = Asked::new(&request).over(request.version(), settings.wire.clone());
        let scope = ResponseScope::with(settings, request.version());
        let handler = DetachedHandler::begin(settings.executor.clone());
        if let Some(test) = ScopeHandle::recorded() {
            let future = test.scope(test.enter(|| call(request)));
            return FollowDetached::spawn(scope.run(future), handler, exchange);
        }
        let (future, scope) = scope.enter(|| call(request));
        FollowDetached::spawn(scope.run(future), handler, exchange)
    }

    #[inline]
    fn scope<B>(&self, request: &Request<B>) -> ResponseScope {
        ResponseScope::with(&self.settings, request.version())
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

pin_project! {
    /// Future of [`Following::call`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Follow<F> {
        #[pin]
        handler: InContext<F, Asked>,
    }
}

impl<F, B, E> Future for Follow<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<FollowedBody<B>>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().handler.poll(cx)
    }
}

impl<B, E> Beside<Result<Response<B>, E>> for Asked
where
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<FollowedBody<B>>, E>;

    const MAY_SURROUND: bool = true;

    #[inline]
    fn pass(
        &mut self,
        poll: Poll<Result<Response<B>, E>>,
        mut left: Left<'_>,
    ) -> Poll<Self::Output> {
        let response = ready!(poll);
        let untouched = |response: Response<B>| response.map(FollowedBody::untouched);
        let Some(pending) = left.take_pending() else {
            return Poll::Ready(response.map(untouched));
        };
        let followed = follow(response, pending, &self.over(left.version(), left.wire()));
        Poll::Ready(followed.map(|followed| followed.unwrap_or_else(untouched)))
    }
}

/// Follows the response with what was registered; gives it back as it is when
/// nothing is left that could follow it. An error means that there is no
/// response.
#[cold]
pub(crate) fn follow<B: Body, E>(
    response: Result<Response<B>, E>,
    pending: Pending,
    exchange: &Exchange,
) -> Result<Result<Response<FollowedBody<B>>, Response<B>>, E> {
    let response = response?;
    let in_flight = pending.respond(sent_as(response.status(), exchange.version()));
    Ok(exchange.follow(response, in_flight))
}

impl<F> fmt::Debug for Follow<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow").finish_non_exhaustive()
    }
}
