//! hyper-util's server, which speaks HTTP/1 or HTTP/2, over TLS by rustls; with
//! the wire outside of TLS or inside of it.
//!
//! ```text
//! cargo run --example hyper_auto_tls
//! ```
//!
//! Both ways are exact: rustls passes a flush on to the socket only when all it
//! was given is encrypted and written.

use crosstown_examples::{Result, hello, print_outcome, request_http1, request_http2, tls};
use crosstown_runtime::body::Following;
use crosstown_runtime::wire::{WireHandle, WireStream};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::ServerName;

#[tokio::main]
async fn main() -> Result<()> {
    let (config, connector) = tls()?;
    let acceptor = TlsAcceptor::from(config);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    for outside in [true, false] {
        println!(
            "the wire is {} TLS",
            if outside { "outside of" } else { "inside" }
        );
        let client = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, _) = listener.accept().await?;
        let (outcomes, outcome) = mpsc::unbounded_channel();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            if outside {
                let stream = WireStream::new(acceptor.accept(stream).await?);
                let wire = stream.handle();
                serve(stream, wire, outcomes).await
            } else {
                let stream = WireStream::new(stream);
                let wire = stream.handle();
                serve(acceptor.accept(stream).await?, wire, outcomes).await
            }
        });
        let name = ServerName::try_from("localhost")?;
        let client = connector.connect(name, client).await?;
        if outside {
            request_http1(client).await?;
        } else {
            request_http2(client).await?;
        }
        print_outcome(outcome).await?;
    }
    Ok(())
}

async fn serve<IO>(
    stream: IO,
    wire: WireHandle,
    outcomes: mpsc::UnboundedSender<crosstown_runtime::Outcome>,
) -> Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let following = Following::new().wire(wire);
    let service = service_fn(move |request| {
        let outcomes = outcomes.clone();
        following.call(request, |request| hello(request, outcomes))
    });
    let server = Builder::new(TokioExecutor::new());
    server.serve_connection(TokioIo::new(stream), service).await
}
