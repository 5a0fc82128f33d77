//! hyper's HTTP/1 connection, followed to the wire.
//!
//! ```text
//! cargo run --example hyper_http1
//! ```
//!
//! Look for the two lines of Crosstown: the stream is wrapped before hyper gets
//! it, and the handler is called through `Following`, which knows that stream.

use crosstown_examples::{Result, hello, print_outcome, request_http1};
use crosstown_runtime::body::Following;
use crosstown_runtime::wire::WireStream;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = TcpStream::connect(listener.local_addr()?).await?;
    let (stream, _) = listener.accept().await?;
    let (outcomes, outcome) = mpsc::unbounded_channel();

    let stream = WireStream::new(stream);
    let following = Following::new().wire(stream.handle());
    let service = service_fn(move |request| {
        let outcomes = outcomes.clone();
        following.call(request, |request| hello(request, outcomes))
    });
    tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));

    request_http1(client).await?;
    print_outcome(outcome).await
}
