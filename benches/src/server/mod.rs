//! Servers and clients to measure with.

mod client;
pub mod memory;
mod probe;
pub mod stamped;

use axum::Router;
use axum::routing::get;
use axum::serve::Listener;
use crosstown_runtime::tower::CrosstownLayer;
use tokio::net::TcpListener;

pub use self::client::{Client, Http};
pub use self::probe::Probe;

/// How an app is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// By axum alone.
    Plain,
    /// By axum, with a layer that does nothing: what any layer costs there.
    Idle,
    /// By axum, with [`CrosstownLayer`].
    Layer,
    /// By `crosstown_runtime::axum::serve`.
    Serve,
}

/// An app whose handler registers nothing.
pub fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// An app whose handler has `work` done.
pub fn hello_and(work: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    let handler = move || async move {
        work();
        "hello"
    };
    Router::new().route("/", get(handler))
}

/// Serves `app` on the current runtime.
pub fn serve<L>(stack: Stack, listener: L, app: Router)
where
    L: Listener,
    L::Addr: std::fmt::Debug,
{
    let app = match stack {
        Stack::Plain | Stack::Serve => app,
        Stack::Idle => app.layer(IdleLayer),
        Stack::Layer => app.layer(CrosstownLayer::new()),
    };
    drop(match stack {
        Stack::Serve => tokio::spawn(crosstown_runtime::axum::serve(listener, app).into_future()),
        _ => tokio::spawn(axum::serve(listener, app).into_future()),
    });
}

/// Binds a port of this machine.
///
/// # Panics
///
/// When none is free.
pub async fn bind() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}

/// A layer that does nothing.
#[derive(Clone)]
struct IdleLayer;

#[derive(Clone)]
struct Idle<S>(S);

impl<S> tower_layer::Layer<S> for IdleLayer {
    type Service = Idle<S>;

    fn layer(&self, inner: S) -> Idle<S> {
        Idle(inner)
    }
}

impl<S, R> tower_service::Service<R> for Idle<S>
where
    S: tower_service::Service<R>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.0.call(request)
    }
}
