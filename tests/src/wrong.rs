//! Adapters that are right but in one thing, to show that the conformance kit
//! can tell.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use crosstown_runtime::ScopeHandle;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use http::StatusCode;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex, split};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use crate::server::{apart, listen, service, speak};

/// What an adapter does wrong.
#[derive(Debug, Clone, Copy)]
pub enum Wrong {
    /// It says that it has flushed what another task is yet to write.
    BeforeFlush,
    /// It has one scope for all requests of a connection.
    SharedScope,
    /// It changes the status behind the scope's back.
    StatusOutside,
}

/// Serves `app` wrongly, on a runtime with one thread: who holds that holds all.
pub async fn serve(wrong: Wrong, app: Router) -> (Runtime, SocketAddr) {
    apart(async move {
        let (listener, address) = listen().await;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(wrong, stream, app.clone()));
            }
        });
        address
    })
    .await
}

async fn connection(wrong: Wrong, stream: TcpStream, app: Router) {
    match wrong {
        Wrong::BeforeFlush => {
            let (inner, outer) = duplex(1 << 16);
            let (from_server, to_server) = split(outer);
            let (from_client, to_client) = stream.into_split();
            tokio::spawn(pass_on(from_client, to_server, 0));
            tokio::spawn(pass_on(from_server, to_client, 20));
            let (stream, layer) = wired(inner);
            speak(stream, layer, app).await;
        }
        Wrong::SharedScope => {
            let (stream, layer) = wired(stream);
            speak(stream, layer, in_the_first_scope(app)).await;
        }
        Wrong::StatusOutside => {
            let (stream, layer) = wired(stream);
            let inner = service(layer, app);
            let service = service_fn(move |request| {
                let response = inner.call(request);
                async {
                    let mut response = response.await?;
                    if response.status() == StatusCode::OK {
                        *response.status_mut() = StatusCode::CREATED;
                    }
                    Ok::<_, Infallible>(response)
                }
            });
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    }
}

/// Passes on what it reads, after so many turns of the other tasks.
async fn pass_on(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    turns: usize,
) -> io::Result<()> {
    let mut piece = vec![0; 1 << 16];
    loop {
        // A reset is an end, too.
        let read = from.read(&mut piece).await.unwrap_or(0);
        for _ in 0..turns {
            yield_now().await;
        }
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..read]).await?;
    }
}

fn wired<IO: AsyncRead + AsyncWrite + Unpin>(stream: IO) -> (WireStream<IO>, CrosstownLayer) {
    let stream = WireStream::new(stream);
    let layer = CrosstownLayer::new().wire(stream.handle());
    (stream, layer)
}

/// Has the tasks of all requests follow the first one's response.
fn in_the_first_scope(app: Router) -> Router {
    let first = Arc::new(OnceLock::<ScopeHandle>::new());
    app.layer(from_fn(move |request: Request, next: Next| {
        let scope = ScopeHandle::current().expect("the layer is outside");
        let first = first.get_or_init(|| scope).clone();
        async move { first.scope(next.run(request)).await }
    }))
}
