//! axum over TLS by axum-server, followed to the wire.
//!
//! ```text
//! cargo run --example axum_server_tls
//! ```
//!
//! axum-server hands each connection, and the service that answers on it, to an
//! acceptor: there the stream is wrapped, and the layer is told of it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use axum::Router;
use axum::routing::get;
use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use crosstown_examples::{Result, print_outcome, request_http1, tls};
use crosstown_runtime::crosstown_traffic;
use crosstown_runtime::tower::{Crosstown, CrosstownLayer};
use crosstown_runtime::wire::WireStream;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::rustls::pki_types::ServerName;
use tower_layer::Layer;

/// Follows the responses of what another acceptor accepts.
#[derive(Clone)]
struct Following<A>(A);

impl<A, S> Accept<TcpStream, S> for Following<A>
where
    A: Accept<TcpStream, S, Stream: Send, Service: Send, Future: Send + 'static>,
{
    type Stream = WireStream<A::Stream>;
    type Service = Crosstown<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let stream = WireStream::new(stream);
            let layer = CrosstownLayer::new().wire(stream.handle());
            Ok((stream, layer.layer(service)))
        })
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let (outcomes, outcome) = mpsc::unbounded_channel();
    let app = Router::new().route(
        "/",
        get(|| async move {
            #[crosstown_traffic]
            fn receipt() {
                println!("task:   the response is on the wire");
            }
            tokio::spawn(async move { outcomes.send(receipt.outcome().await) });
            "hello over TLS"
        }),
    );

    let (config, connector) = tls()?;
    let acceptor = Following(RustlsAcceptor::new(RustlsConfig::from_config(config)));
    let handle = Handle::new();
    let server = axum_server::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .handle(handle.clone())
        .acceptor(acceptor)
        .serve(app.into_make_service());
    // This server is never told to stop. One that is, by `graceful_shutdown` of its
    // handle, does not wait for tasks: await `Executor::global().drain(…)` after it,
    // or a drain of the executor that the layer was given.
    tokio::spawn(server);

    let address = handle.listening().await.ok_or("no address to listen on")?;
    let client = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost")?;
    request_http1(connector.connect(name, client).await?).await?;
    print_outcome(outcome).await
}
