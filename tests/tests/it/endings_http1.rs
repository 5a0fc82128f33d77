//! How a response can end over HTTP/1, and what its tasks are told.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use crosstown_runtime::Abort;
use crosstown_tests::body::told;
use crosstown_tests::http1::{self, Http1};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{Adapter, Server, serve, serve_apart, start};
use http_body::Frame;

use crate::app;

/// How a client leaves.
#[derive(Debug, Clone, Copy)]
enum Leave {
    /// It closes its socket.
    Close,
    /// It says that it will send no more, and goes on reading.
    HalfClose,
    /// It resets the connection.
    Reset,
}

const WAYS: [Leave; 3] = [Leave::Close, Leave::HalfClose, Leave::Reset];

impl Leave {
    /// Leaves; what is returned is to be held until the test is over.
    async fn now(self, mut client: Http1) -> Option<Http1> {
        match self {
            Self::Close => drop(client),
            Self::HalfClose => {
                client.finish().await;
                return Some(client);
            }
            Self::Reset => client.reset(),
        }
        None
    }
}

fn all_ended(server: &Server) {
    let stats = server.executor.stats();
    assert_eq!(stats.unfinished(), 0, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_while_the_handler_works_gets_no_response() {
    for leave in WAYS {
        let probe = Probe::default();
        let server = serve(app::working(&probe, "task")).await;
        let mut client = http1::connect(server.address).await;
        client.request("GET", "/").await;
        probe.happened("task/registered").await;
        let _client = leave.now(client).await;
        probe.happened("handler dropped").await;
        let ending = probe.ending("task").await;
        assert_eq!(
            ending,
            Ending::unanswered(Abort::HandlerDropped),
            "{leave:?}"
        );
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_within_the_body_aborts_it() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        for leave in WAYS {
            let probe = Probe::default();
            let (teller, body) = told();
            let server = start(adapter.clone(), app::telling(&probe, "task", body)).await;
            let mut client = http1::connect(server.address).await;
            client.request("GET", "/").await;
            teller.data("begun");
            client.head().await;
            client.take(5 + 5).await;
            let _client = leave.now(client).await;
            teller.dropped().await;
            let ending = probe.ending("task").await;
            assert_eq!(ending, Ending::cut(200, Abort::Client), "{leave:?}");
            assert_eq!(probe.start("task").await.sent.bytes(), 5);
            all_ended(&server);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_before_the_body_is_flushed_aborts_it() {
    for leave in WAYS {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let mut client = http1::connect(server.address).await;
        client.request("GET", "/huge/task").await;
        // 32 MiB lie in the buffers of hyper and of the two kernels.
        server.witness(client.address()).blocked().await;
        let _client = leave.now(client).await;
        let ending = probe.ending("task").await;
        assert_eq!(ending, Ending::cut(200, Abort::Client), "{leave:?}");
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_after_the_last_byte_changes_nothing() {
    for leave in WAYS {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let mut client = http1::connect(server.address).await;
        client.get("/small/task").await;
        let _client = leave.now(client).await;
        assert_eq!(probe.ending("task").await, Ending::sent(200), "{leave:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_fails_aborts_the_response() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        let probe = Probe::default();
        let (teller, body) = told();
        let server = start(adapter, app::telling(&probe, "task", body)).await;
        let mut client = http1::connect(server.address).await;
        client.request("GET", "/").await;
        teller.data("begun");
        client.head().await;
        teller.fail();
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Body));
        client.rest().await;
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_panics_aborts_the_response() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        let probe = Probe::default();
        let server = start(adapter, app::panicking_body(&probe, "task")).await;
        let mut client = http1::connect(server.address).await;
        client.request("GET", "/").await;
        client.rest().await;
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Body));
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_shorter_than_its_head_says_aborts_the_response() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        for shape in ["too_short", "said_too_short"] {
            let probe = Probe::default();
            let server = start(adapter.clone(), app::shapes(&probe)).await;
            let mut client = http1::connect(server.address).await;
            client.request("GET", &format!("/{shape}/task")).await;
            client.rest().await;
            let ending = probe.ending("task").await;
            assert_eq!(ending, Ending::cut(200, Abort::Body), "{shape}");
            all_ended(&server);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_layer_alone_takes_what_a_client_left_in_buffers_for_sent() {
    // hyper lets go of the chunk with the connection, as if it were written.
    let probe = Probe::default();
    let server = start(Adapter::Layer, app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/huge/task").await;
    server.witness(client.address()).blocked().await;
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    drop(client);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_longer_than_its_head_says_is_sent_as_far_as_that() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    let response = client.get("/too_long/task").await;
    assert_eq!(response.body.len(), 5);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_panics_gives_no_response() {
    let probe = Probe::default();
    let server = serve(app::panicking(&probe, "task")).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    assert!(client.closed().await);
    let ending = probe.ending("task").await;
    assert_eq!(ending, Ending::unanswered(Abort::HandlerPanicked));
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_finishes_the_response_and_its_tasks() {
    let probe = Probe::default();
    let (teller, body) = told();
    let mut server = serve(app::telling(&probe, "task", body)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    teller.data("begun");
    client.head().await;
    server.tell_to_stop();
    teller.data("going on");
    drop(teller);
    let rest = client.rest().await;
    assert!(rest.ends_with(b"0\r\n\r\n"));
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_waits_for_the_tasks_of_the_last_response() {
    let probe = Probe::default();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let handler = {
        let (probe, wait) = (probe.clone(), crosstown_tests::Once::new(wait));
        any(move || async move {
            let wait = wait.take();
            let task = probe.task("task".into(), move |_| {
                let _ = wait.recv_timeout(crosstown_tests::PATIENCE);
            });
            probe.keep("task", task.follow_response());
        })
    };
    let mut server = serve(Router::new().route("/", handler)).await;
    let mut client = http1::connect(server.address).await;
    client.get("/").await;
    server.tell_to_stop();
    assert!(client.closed().await);
    probe.start("task").await;
    assert!(!server.stops_at_once().await);
    drop(release);
    server.stopped().await;
    assert!(probe.is_finished("task"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_whose_runtime_is_gone_aborts_its_response() {
    let probe = Probe::default();
    let (runtime, server) = serve_apart(app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/huge/task").await;
    server.witness(client.address()).blocked().await;
    runtime.shutdown_background();
    client.rest().await;
    // Some may have found a thread before the last one went: each task has its
    // one outcome, run or not.
    for name in ["task", "task/strict", "task/always"] {
        probe.outcome(name).await;
    }
    assert!(!probe.started_so_far().contains(&"task/strict".into()));
    all_ended(&server);
}

/// Has a server answer with nothing but these headers; hyper refuses to write them.
async fn is_refused(request: &str, headers: [(&'static str, &'static str); 2]) {
    let probe = Probe::default();
    let app = app::answering(&probe, "task", move || {
        let mut response = Response::new(Body::empty());
        for (name, value) in headers {
            let value = HeaderValue::from_static(value);
            response.headers_mut().append(name, value);
        }
        response
    });
    let server = serve(app).await;
    let mut client = http1::connect(server.address).await;
    let witness = server.witness(client.address());
    client.send(request).await;
    assert_eq!(client.rest().await, b"", "hyper writes it");
    assert_eq!(witness.record().accepted(), 0);
    let ending = probe.ending("task").await;
    assert_eq!(ending, Ending::cut(200, Abort::Client), "{headers:?}");
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_hyper_refuses_to_write_is_aborted() {
    // As of a proxy that copies headers: axum says the length as well.
    let copied = [("transfer-encoding", "chunked"), ("server", "another")];
    is_refused("GET / HTTP/1.1\r\nhost: a\r\n\r\n", copied).await;
    let twice = [("content-length", "5"), ("content-length", "5")];
    is_refused("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n", twice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_informational_status_is_the_500_that_hyper_sends() {
    let probe = Probe::default();
    let app = app::answering(&probe, "task", || StatusCode::EARLY_HINTS.into_response());
    let server = serve(app).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    let head = String::from_utf8(client.rest().await).unwrap();
    assert!(head.starts_with("HTTP/1.1 500"), "{head}");
    assert_eq!(probe.ending("task").await, Ending::refused(500));
    all_ended(&server);
}

/// A body that is at its end a moment after it was asked for that, as one is whose
/// end another task hears of.
struct EndsLate {
    chunk: Option<Bytes>,
    is_asked: AtomicBool,
}

impl http_body::Body for EndsLate {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.chunk.take().map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunk.is_none() && self.is_asked.swap(true, Ordering::Relaxed)
    }
}

/// hyper then shuts the connection down, with all that the client has not taken yet
/// in its buffer: 1.10 threw that away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_arrives_whole_though_its_request_is_not_read() {
    const LENGTH: usize = 32 << 20;
    let probe = Probe::default();
    let app = {
        let probe = probe.clone();
        any(move || async move {
            probe.follow_ending("task");
            vec![7; LENGTH]
        })
    };
    let server = serve(Router::new().route("/", app)).await;
    let mut client = http1::connect_narrow(server.address, 16_384).await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n0123456789")
        .await;
    let head = client.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(client.rest().await.len(), LENGTH);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_whose_end_is_known_late_is_sent() {
    let probe = Probe::default();
    let app = app::answering(&probe, "task", || {
        Response::new(Body::new(EndsLate {
            chunk: Some("hello".into()),
            is_asked: AtomicBool::new(false),
        }))
    });
    let server = serve(app).await;
    let mut client = http1::connect(server.address).await;
    assert_eq!(client.get("/").await.body, b"hello");
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    all_ended(&server);
}
