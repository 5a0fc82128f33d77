//! A large streamed body with tasks behind it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use crosstown_benches::server::{Stack, bind, serve};
use crosstown_runtime::crosstown_traffic;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::{rounds, runtime};
use crate::ratio::{Side, in_turn, ratio, verdict};

const CHUNK: usize = 16 * 1024;
const BODY: u64 = 1 << 30;

pub(super) fn part() -> String {
    let runtime = runtime();
    let cases = [
        (Stack::Serve, false),
        (Stack::Serve, true),
        (Stack::Layer, false),
        (Stack::Layer, true),
    ];
    let sides = cases.map(|(stack, followed)| side(&runtime, stack, followed));
    let [served, served_followed, layered, layered_followed] = in_turn(rounds(12), sides);
    let serve = ratio(&served_followed, &served);
    let layer = ratio(&layered_followed, &layered);
    format!(
        "\
### Streaming 1 GiB in chunks of 16 KiB with a task waiting

Over loopback and HTTP/1, beside the same without a task. Through the layer each
chunk is wrapped with `Bytes::from_owner`. Target: at least 0.99.

| through | ratio of throughputs | target |
| --- | --- | --- |
| `serve` | {serve} | {} |
| `CrosstownLayer` | {layer} | {} |
",
        verdict(serve.median >= 0.99),
        verdict(layer.median >= 0.99),
    )
}

struct Chunks {
    chunk: Bytes,
    left: u64,
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready((self.left > 0).then(|| {
            self.left -= self.chunk.len() as u64;
            Ok(Frame::data(self.chunk.clone()))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

async fn respond(followed: bool, chunk: Bytes) -> Body {
    if followed {
        #[crosstown_traffic(same_thread = true)]
        fn after() {}
    }
    Body::new(Chunks { chunk, left: BODY })
}

fn side(runtime: &Runtime, stack: Stack, followed: bool) -> Side<'_> {
    let address = runtime.block_on(async {
        let (listener, address) = bind().await;
        let chunk = Bytes::from(vec![0; CHUNK]);
        let app = Router::new().route("/", get(move || respond(followed, chunk.clone())));
        serve(stack, listener, app);
        address
    });
    Box::new(move || {
        runtime.block_on(async {
            let mut io = TcpStream::connect(address).await.expect("a connection");
            let start = Instant::now();
            let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            io.write_all(request).await.expect("a connection");
            let mut buffer = vec![0; 256 * 1024];
            let mut read = 0;
            loop {
                match io.read(&mut buffer).await.expect("a body") {
                    0 => break,
                    bytes => read += bytes as u64,
                }
            }
            assert!(read > BODY, "all of it");
            read as f64 / start.elapsed().as_secs_f64()
        })
    })
}
