//! What comes at the worst moment: while a thread of the server is held within a
//! response, or while h2 is between reading and writing.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use crosstown_runtime::Abort;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use crosstown_tests::PATIENCE;
use crosstown_tests::http2::{self, Http2};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{serve, speak};
use http::HeaderMap;
use http_body::Frame;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::task::block_in_place;

use crate::app;

/// Holds a thread of the server until the test lets it go on.
struct Gate {
    probe: Probe,
    opened: mpsc::Receiver<()>,
}

impl Gate {
    fn new(probe: &Probe) -> (mpsc::Sender<()>, Self) {
        let (open, opened) = mpsc::channel();
        let probe = probe.clone();
        (open, Self { probe, opened })
    }

    fn pass(&self) {
        self.probe.event("held");
        // The other tasks of this thread go on.
        block_in_place(|| self.opened.recv_timeout(PATIENCE).unwrap());
    }
}

/// A body that takes its time to find that it is at its end.
struct Held {
    gate: Gate,
    trailers: Option<HeaderMap>,
    over: bool,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !std::mem::replace(&mut self.over, true) {
            self.gate.pass();
        }
        let trailers = self.trailers.take();
        Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))))
    }
}

/// Asks `app` for `/` and resets the stream while the gate holds it. Returns how
/// the response ended.
async fn reset_while_held(
    method: &str,
    app: Router,
    probe: &Probe,
    open: mpsc::Sender<()>,
) -> Ending {
    let server = serve(app).await;
    let mut client = http2::connect(server.address).await;
    let stream = client.request(method, "/").await;
    probe.happened("held").await;
    client.reset(stream).await;
    // The server has seen the reset when it answers.
    client.ping().await;
    open.send(()).unwrap();
    let ending = probe.ending("task").await;
    assert_eq!(server.executor.stats().unfinished(), 0);
    ending
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_while_the_body_finds_its_end_aborts_the_response() {
    for trailers in [None, Some(app::trailers())] {
        let probe = Probe::default();
        let (open, gate) = Gate::new(&probe);
        let body = Held {
            gate,
            trailers,
            over: false,
        };
        let app = app::answering(&probe, "task", move || Response::new(Body::new(body)));
        let ending = reset_while_held("GET", app, &probe, open).await;
        assert_eq!(ending, Ending::cut(200, Abort::Client));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_while_the_handler_makes_its_response_aborts_it() {
    let cases = [
        ("GET", "small", 200),
        ("GET", "204", 204),
        ("GET", "304_with_length", 304),
        ("GET", "grpc_error", 200),
    ];
    for (method, shape, status) in cases {
        let probe = Probe::default();
        let (open, gate) = Gate::new(&probe);
        let app = app::answering(&probe, "task", move || {
            gate.pass();
            app::response(shape)
        });
        let ending = reset_while_held(method, app, &probe, open).await;
        assert_eq!(ending, Ending::cut(status, Abort::Client), "{shape}");
    }
}

/// A stream that can be told to take no bytes, or none but from the second write
/// after it has given some: a socket that takes bytes again in the middle of a
/// turn of h2's task.
struct Stubborn {
    io: DuplexStream,
    takes: Arc<AtomicU8>,
}

const ALL: u8 = 0;
const NONE: u8 = 1;
const NONE_UNTIL_READ: u8 = 2;
const ALL_BUT_ONE_WRITE: u8 = 3;

impl AsyncRead for Stubborn {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.io).poll_read(cx, buf);
        if poll.is_ready() && self.takes.load(Ordering::SeqCst) == NONE_UNTIL_READ {
            self.takes.store(ALL_BUT_ONE_WRITE, Ordering::SeqCst);
        }
        poll
    }
}

impl AsyncWrite for Stubborn {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.takes.load(Ordering::SeqCst) {
            ALL => Pin::new(&mut self.io).poll_write(cx, buf),
            ALL_BUT_ONE_WRITE => {
                self.takes.store(ALL, Ordering::SeqCst);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            _ => Poll::Pending,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn a_response_written_before_all_is_read_is_sent() {
    for shape in ["chunked", "trailers"] {
        let probe = Probe::default();
        let (client, io) = duplex(1 << 20);
        let takes = Arc::new(AtomicU8::new(ALL));
        let stream = WireStream::new(Stubborn {
            io,
            takes: Arc::clone(&takes),
        });
        let layer = CrosstownLayer::new().wire(stream.handle());
        tokio::spawn(speak(stream, layer, app::shapes(&probe)));
        let mut client = Http2::over(client, http2::UNLIMITED).await;
        client.ping().await;
        takes.store(NONE, Ordering::SeqCst);
        client.request("GET", &format!("/{shape}/task")).await;
        probe.happened("task/handed over").await;
        // h2 reads the ping and wants to write before it goes on, but can't; when
        // it turns to the response, it can.
        takes.store(NONE_UNTIL_READ, Ordering::SeqCst);
        client.send(http2::ping_frame()).await;
        assert_eq!(probe.ending("task").await, Ending::sent(200), "{shape}");
    }
}
