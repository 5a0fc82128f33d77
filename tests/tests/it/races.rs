//! What a client does while a thread of the server is held within a response.

use std::io;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use bytes::Bytes;
use crosstown_runtime::Abort;
use crosstown_tests::http2;
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::serve;
use crosstown_tests::{Once, PATIENCE};
use http::HeaderMap;
use http_body::Frame;
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
        let body = Once::new(Held {
            gate,
            trailers,
            over: false,
        });
        let app = {
            let probe = probe.clone();
            Router::new().route(
                "/",
                any(move || async move {
                    probe.follow_ending("task");
                    Body::new(body.take())
                }),
            )
        };
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
    ];
    for (method, shape, status) in cases {
        let probe = Probe::default();
        let (open, gate) = Gate::new(&probe);
        let gate = Once::new(gate);
        let app = {
            let probe = probe.clone();
            Router::new().route(
                "/",
                any(move || async move {
                    probe.follow_ending("task");
                    gate.take().pass();
                    app::response(shape)
                }),
            )
        };
        let ending = reset_while_held(method, app, &probe, open).await;
        assert_eq!(ending, Ending::cut(status, Abort::Client), "{shape}");
    }
}
