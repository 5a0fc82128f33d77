//! An app behind each of the adapters, on a socket of loopback.

use std::convert::Infallible;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use crosstown_runtime::Executor;
use crosstown_runtime::axum::Serve;
use crosstown_runtime::body::FollowedBody;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::util::MapRequestLayer;
use tower::{Layer, Service};

use crate::within;
use crate::witness::{SETTLED, Witness, Witnessed, WitnessedListener, Witnesses};

/// What stands between the app and the socket.
#[derive(Clone)]
pub enum Adapter {
    /// `axum::serve` of the crate.
    Serve,
    /// The tower layer alone.
    Layer,
    /// The tower layer with the connection.
    LayerWire,
    /// The tower layer with the connection, which is wrapped before TLS is
    /// spoken over it.
    WireInsideTls(TlsAcceptor),
    /// The tower layer with the connection, which is the TLS stream.
    WireOutsideTls(TlsAcceptor),
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    /// Where its tasks are counted.
    pub executor: Executor,
    /// What the kernel has accepted from it.
    pub witnesses: Witnesses,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Listens on a port of its own.
pub async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Serves `app` by `axum::serve` of the crate.
pub async fn serve(app: Router) -> Server {
    start(Adapter::Serve, app).await
}

/// The same, changed by `change`, and with a deadline for its end.
pub async fn serve_as(
    app: Router,
    change: impl FnOnce(Followed) -> Followed,
    deadline: Option<Duration>,
) -> Server {
    let (listener, address) = listen().await;
    let (executor, witnesses) = (Executor::default(), Witnesses::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = WitnessedListener::new(listener, witnesses.clone());
    let server = crosstown_runtime::axum::serve(listener, app).executor(executor.clone());
    let mut server = change(server).with_graceful_shutdown(async { drop(stopped.await) });
    if let Some(deadline) = deadline {
        server = server.drain_deadline(deadline);
    }
    Server {
        address,
        executor,
        witnesses,
        stop: Some(stop),
        task: tokio::spawn(async { server.into_future().await.unwrap() }),
    }
}

/// `axum::serve` of the crate, before it runs.
type Followed = Serve<WitnessedListener, Router, Router>;

/// Serves `app` behind `adapter`.
pub async fn start(adapter: Adapter, app: Router) -> Server {
    if let Adapter::Serve = adapter {
        return serve_as(app, |serve| serve, None).await;
    }
    let (listener, address) = listen().await;
    let (executor, witnesses) = (Executor::default(), Witnesses::default());
    let (stop, stopped) = oneshot::channel();
    let accepting = Accepting {
        adapter,
        app,
        executor: executor.clone(),
        witnesses: witnesses.clone(),
    };
    let task = tokio::spawn(async move {
        tokio::select! {
            () = accepting.run(listener) => {}
            _ = stopped => {}
        }
    });
    Server {
        address,
        executor,
        witnesses,
        stop: Some(stop),
        task,
    }
}

/// Serves `app` by `axum::serve` of the crate, on a runtime of its own.
pub async fn serve_apart(app: Router) -> (Runtime, Server) {
    apart(serve(app)).await
}

/// Does something on a runtime of its own.
pub async fn apart<T: Send + 'static>(
    start: impl Future<Output = T> + Send + 'static,
) -> (Runtime, T) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let started = runtime.spawn(start).await.unwrap();
    (runtime, started)
}

/// Serves `app` by axum's own server; returns its address.
pub async fn plain(app: Router) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

impl Server {
    /// The witness of the connection from `client`.
    pub fn witness(&self, client: SocketAddr) -> Arc<Witness> {
        self.witnesses.of(client)
    }

    /// Tells it to stop, without waiting.
    pub fn tell_to_stop(&mut self) {
        self.stop.take();
    }

    /// Waits for it to have stopped.
    pub async fn stopped(mut self) {
        self.tell_to_stop();
        within("the server to stop", self.task).await.unwrap();
    }

    /// Whether it has stopped.
    pub fn has_stopped(&self) -> bool {
        self.task.is_finished()
    }

    /// Whether it stops at once.
    pub async fn stops_at_once(&mut self) -> bool {
        timeout(SETTLED, &mut self.task).await.is_ok()
    }
}

struct Accepting {
    adapter: Adapter,
    app: Router,
    executor: Executor,
    witnesses: Witnesses,
}

impl Accepting {
    async fn run(self, listener: TcpListener) {
        loop {
            let (stream, client) = listener.accept().await.unwrap();
            let stream = Witnessed::new(stream, self.witnesses.of(client));
            let layer = CrosstownLayer::new().executor(self.executor.clone());
            tokio::spawn(connection(
                self.adapter.clone(),
                layer,
                self.app.clone(),
                stream,
            ));
        }
    }
}

async fn connection(
    adapter: Adapter,
    layer: CrosstownLayer,
    app: Router,
    stream: Witnessed<TcpStream>,
) {
    match adapter {
        Adapter::Serve | Adapter::Layer => speak(stream, layer, app).await,
        Adapter::LayerWire => {
            let stream = WireStream::new(stream);
            let layer = layer.wire(stream.handle());
            speak(stream, layer, app).await;
        }
        Adapter::WireInsideTls(acceptor) => {
            let stream = WireStream::new(stream);
            let layer = layer.wire(stream.handle());
            if let Ok(stream) = acceptor.accept(stream).await {
                speak(stream, layer, app).await;
            }
        }
        Adapter::WireOutsideTls(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                let stream = WireStream::new(stream);
                let layer = layer.wire(stream.handle());
                speak(stream, layer, app).await;
            }
        }
    }
}

/// The app behind the layer, as hyper takes it.
pub fn service(
    layer: CrosstownLayer,
    app: Router,
) -> TowerToHyperService<
    impl Service<
        Request<Incoming>,
        Response = Response<FollowedBody<Body>>,
        Error = Infallible,
        Future: Send,
    > + Clone
    + Send,
> {
    let app = MapRequestLayer::new(|request: Request<_>| request.map(Body::new)).layer(app);
    TowerToHyperService::new(layer.layer(app))
}

/// Serves one connection with hyper, HTTP/1 or HTTP/2 as the client likes.
pub async fn speak<IO>(stream: IO, layer: CrosstownLayer, app: Router)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    speak_as(
        &auto::Builder::new(TokioExecutor::new()),
        stream,
        layer,
        app,
    )
    .await;
}

/// The same, with hyper's options.
pub async fn speak_as<IO>(
    hyper: &auto::Builder<TokioExecutor>,
    stream: IO,
    layer: CrosstownLayer,
    app: Router,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // The client may leave as it likes: an error here is no error of the test.
    let _ = hyper
        .serve_connection_with_upgrades(TokioIo::new(stream), service(layer, app))
        .await;
}
