//! What the examples share: a handler that is followed, and a client.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use crosstown_runtime::{Outcome, crosstown_traffic};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, client};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

/// What the examples return.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A handler for hyper that says hello, and what became of what follows it on
/// the channel.
///
/// # Errors
///
/// None; hyper wants to hear of some.
pub async fn hello(
    _request: Request<Incoming>,
    outcomes: mpsc::UnboundedSender<Outcome>,
) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
    #[crosstown_traffic]
    fn receipt() {
        println!("task:   the response is on the wire");
    }
    tokio::spawn(async move { outcomes.send(receipt.outcome().await) });
    Ok(Response::new(Full::new("hello from Crosstown".into())))
}

/// Sends one request over HTTP/1.1 and prints the response.
///
/// # Errors
///
/// The connection's.
pub async fn request_http1<IO>(io: IO) -> Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(io)).await?;
    tokio::spawn(connection);
    let request = Request::get("/").header("host", "localhost");
    let response = sender
        .send_request(request.body(Empty::<Bytes>::new())?)
        .await?;
    print(response).await
}

/// Sends one request over HTTP/2 and prints the response.
///
/// # Errors
///
/// The connection's.
pub async fn request_http2<IO>(io: IO) -> Result<()>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = TokioIo::new(io);
    let (mut sender, connection) = client::conn::http2::handshake(TokioExecutor::new(), io).await?;
    tokio::spawn(connection);
    let request = Request::get("http://localhost/").body(Empty::<Bytes>::new())?;
    print(sender.send_request(request).await?).await
}

async fn print(response: Response<Incoming>) -> Result<()> {
    let (status, version) = (response.status(), response.version());
    let body = response.collect().await?.to_bytes();
    println!(
        "client: {version:?} {status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(())
}

/// Waits for the outcome of the one task, and prints it.
///
/// # Errors
///
/// When there was no task.
pub async fn print_outcome(mut outcomes: mpsc::UnboundedReceiver<Outcome>) -> Result<()> {
    let outcome = outcomes.recv().await.ok_or("nothing was registered")?;
    println!("task:   {outcome:?}");
    Ok(())
}

/// A certificate for localhost, made on the spot, for a server; and a client that
/// trusts it.
///
/// # Errors
///
/// When there is no randomness to be had.
pub fn tls() -> Result<(Arc<ServerConfig>, TlsConnector)> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".into()])?;
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone())?;
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok((Arc::new(server), TlsConnector::from(Arc::new(client))))
}
