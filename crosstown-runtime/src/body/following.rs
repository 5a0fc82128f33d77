//! Calling a service in the scope of its response: what every adapter does.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;

use super::detached::FollowDetached;
use super::exchange::{Exchange, Shape};
use super::followed::FollowedBody;
use crate::executor::Executor;
use crate::scope::{ResponseScope, Run, context};
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
    executor: Option<Executor>,
    wire: Option<WireHandle>,
    time_limit: Option<Duration>,
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
        self.executor = Some(executor);
        self
    }

    /// Sets the connection over which the requests come: responses are then
    /// followed until their last byte is on that wire.
    #[must_use]
    pub fn wire(mut self, wire: WireHandle) -> Self {
        self.wire = Some(wire);
        self
    }

    /// Sets how long a response may take from its head until a task's phase; see
    /// [`ResponseScope::time_limit`]. There is no limit unless said.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Returns whether the connection is known.
    #[must_use]
    pub fn has_wire(&self) -> bool {
        self.wire.is_some()
    }

    /// Calls a service in a scope of its own, and returns the future of its
    /// response, followed. Both `call` and the future it returns run in the
    /// scope.
    ///
    /// Where a response is in progress already, as under a second adapter, that
    /// one is followed, and this does nothing.
    pub fn call<B, F>(&self, request: Request<B>, call: impl FnOnce(Request<B>) -> F) -> Follow<F>
    where
        F: Future,
    {
        if context::is_response_in_progress() {
            let future = call(request);
            return Follow {
                state: State::Outside { future },
            };
        }
        let exchange = Exchange::new(&request, self.wire.clone());
        let (future, scope) = self.scope(&request).enter(|| call(request));
        Follow {
            state: State::Here {
                run: scope.run(future),
                exchange: Some(exchange),
            },
        }
    }

    /// Like [`call`](Self::call), but the handler is not dropped when its client
    /// goes: it runs to its end, on a task of its own. What it registered then
    /// ends as aborted by [`Abort::Client`](crate::Abort::Client), with the
    /// status that would have been sent, and the option `on_abort` decides.
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
        let exchange = Exchange::new(&request, self.wire.clone());
        let (future, scope) = self.scope(&request).enter(|| call(request));
        FollowDetached::spawn(scope.run(future), exchange)
    }

    fn scope<B>(&self, request: &Request<B>) -> ResponseScope {
        let mut scope = ResponseScope::new().version(request.version());
        if let Some(executor) = &self.executor {
            scope = scope.executor(executor.clone());
        }
        if let Some(limit) = self.time_limit {
            scope = scope.time_limit(limit);
        }
        scope.deliverable(self.wire.as_ref().is_some_and(WireHandle::is_deliverable))
    }
}

pin_project! {
    /// Future of [`Following::call`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Follow<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjected]
    enum State<F> {
        /// The scope is this one's.
        Here {
            #[pin]
            run: Run<F>,
            exchange: Option<Exchange>,
        },
        /// The scope is somebody else's.
        Outside {
            #[pin]
            future: F,
        },
    }
}

impl<F, B, E> Future for Follow<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<FollowedBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_shaped(cx, Shape::WRAPPED)
    }
}

impl<F, B, E> Follow<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
{
    /// Polls for a response in the shape that the adapter hands on, so that one
    /// that nothing follows is not taken apart on its way.
    #[inline]
    pub(crate) fn poll_shaped<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        shape: Shape<B, T>,
    ) -> Poll<Result<Response<T>, E>> {
        let (run, exchange) = match self.project().state.project() {
            StateProjected::Here { run, exchange } => (run, exchange),
            StateProjected::Outside { future } => {
                let response = ready!(future.poll(cx))?;
                return Poll::Ready(Ok((shape.untouched)(response)));
            }
        };
        let (response, pending) = ready!(run.poll(cx));
        // An error drops `pending`: there is no response.
        let response = response?;
        Poll::Ready(Ok(match exchange.take() {
            Some(exchange) => {
                let in_flight = pending.respond(response.status());
                exchange.follow(response, in_flight, shape)
            }
            None => (shape.untouched)(response),
        }))
    }
}

impl<F> fmt::Debug for Follow<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follow").finish_non_exhaustive()
    }
}
