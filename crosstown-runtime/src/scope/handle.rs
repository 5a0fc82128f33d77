//! Carrying a scope to other tasks and threads.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Poller, Poll};

use pin_project_lite::pin_project;

use super::context::{self, Context};
use super::in_context::{InContext, enter};
use super::state::ResponseState;

/// A handle to the scope of a response, to register with it from elsewhere.
///
/// A scope belongs to the task that serves the request; what is handed to
/// `tokio::spawn` or to another thread does not see it unless it carries a
/// handle. Get one with [`ScopeHandle::current`] in a handler. Clones refer to
/// the same response. A handle does not hold the response up: what is
/// registered after the phase is judged by the same rules, against the known
/// status, and starts at once.
///
/// However long a response or a handle lasts, what it keeps of tasks that have
/// ended is bounded: thrice as much as of those that waited at once at most, or of
/// two hundred.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{ScopeHandle, follow_response, testing};
/// # use http::StatusCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(async {
///     let scope = ScopeHandle::current().expect("a handler is running");
///     std::thread::spawn(move || {
///         scope.enter(|| follow_response(|| println!("from another thread")));
///     }).join().unwrap();
/// }).await;
/// assert_eq!(recorded.len(), 1);
/// # recorded.respond(StatusCode::OK).await;
/// # }
/// ```
///
/// The closure given to axum's `on_upgrade` is called later, in a task that axum has
/// spawned. No response is in progress there, so that
/// [`in_response_scope`](InResponseScope::in_response_scope) carries nothing; a handle
/// taken in the handler does:
///
/// ```
/// use crosstown_runtime::{ScopeHandle, follow_response, testing};
/// # use http::StatusCode;
/// # struct WebSocket;
/// # struct WebSocketUpgrade;
/// # type Response = tokio::task::JoinHandle<()>;
/// # impl WebSocketUpgrade {
/// #     fn on_upgrade<F>(self, talk: impl FnOnce(WebSocket) -> F + Send + 'static) -> Response
/// #     where
/// #         F: Future<Output = ()> + Send + 'static,
/// #     {
/// #         tokio::spawn(async move { talk(WebSocket).await })
/// #     }
/// # }
///
/// async fn handler(ws: WebSocketUpgrade) -> Response {
///     let scope = ScopeHandle::current().expect("a handler is running");
///     ws.on_upgrade(move |socket| async move { scope.scope(talk(socket)).await })
/// }
///
/// async fn talk(_socket: WebSocket) {
///     follow_response(|| println!("of a websocket"));
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (response, recorded) = testing::record(handler(WebSocketUpgrade)).await;
/// # response.await.unwrap();
/// assert_eq!(recorded.len(), 1);
/// # recorded.respond(StatusCode::SWITCHING_PROTOCOLS).await;
/// # }
/// ```
///
/// So it is with a body that streams. What makes its parts goes into
/// [`enter`](Self::enter): `stream.map(move |part| scope.enter(|| made_of(part)))`.
#[derive(Clone)]
pub struct ScopeHandle {
    state: Arc<ResponseState>,
}

impl ScopeHandle {
    pub(super) fn new(state: Arc<ResponseState>) -> Self {
        Self { state }
    }

    /// Returns a handle to the response in progress here, or `None` where none
    /// is.
    #[must_use]
    pub fn current() -> Option<Self> {
        context::current_response().map(Self::new)
    }

    /// Returns a handle to the response in progress here, if a test plays it.
    #[cfg(feature = "wire")]
    pub(crate) fn recorded() -> Option<Self> {
        Self::current().filter(|scope| scope.state.is_recorded)
    }

    /// Calls `body` with this scope as the one in progress.
    pub fn enter<R>(&self, body: impl FnOnce() -> R) -> R {
        enter(&mut Context::carried(Some(Arc::clone(&self.state))), body)
    }

    /// Returns `future`, polled with this scope as the one in progress.
    pub fn scope<F: Future>(&self, future: F) -> InScope<F> {
        InScope {
            future: InContext::new(Context::carried(Some(Arc::clone(&self.state))), (), future),
        }
    }
}

impl fmt::Debug for ScopeHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeHandle").finish_non_exhaustive()
    }
}

/// Carries the scope of the response in progress into a future.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{InResponseScope, follow_response, testing};
/// # use http::StatusCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(async {
///     let work = async { follow_response(|| println!("from a spawned task")); };
///     tokio::spawn(work.in_response_scope()).await.unwrap();
/// }).await;
/// assert_eq!(recorded.len(), 1);
/// # recorded.respond(StatusCode::OK).await;
/// # }
/// ```
pub trait InResponseScope: Future + Sized {
    /// Returns this future, polled with the scope that is in progress where
    /// this is called. Inside a running task, where none is, it counts as a part of
    /// that task: [`Sent::current`](crate::Sent::current) tells it the same, and
    /// what it registers is run and counted by the same
    /// [`Executor`](crate::Executor), though the task may have ended. Where nothing
    /// is in progress, nothing is there either.
    fn in_response_scope(self) -> InScope<Self> {
        InScope {
            future: InContext::new(context::carried_along(), (), self),
        }
    }
}

impl<F: Future> InResponseScope for F {}

pin_project! {
    /// A future that carries a scope, from [`ScopeHandle::scope`] or
    /// [`InResponseScope::in_response_scope`].
    #[must_use = "futures do nothing unless polled"]
    pub struct InScope<F> {
        #[pin]
        future: InContext<F>,
    }
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}

impl<F> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InScope").finish_non_exhaustive()
    }
}
