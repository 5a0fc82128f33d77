//! How a response can end over HTTP/2, and what its tasks are told.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use crosstown_runtime::Abort;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use crosstown_tests::body::told;
use crosstown_tests::http2::{self, DATA, HEADERS, Http2};
use crosstown_tests::naive::OnDrop;
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{Adapter, Server, listen, serve, serve_apart, speak, start};
use crosstown_tests::{Once, within};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, ReadBuf, join};
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::oneshot;
use tower::{Layer, service_fn};

use crate::app;

fn all_ended(server: &Server) {
    let stats = server.executor.stats();
    assert_eq!(stats.unfinished(), 0, "{stats:?}");
}

/// Checks that other streams of the connection are served as before.
async fn still_serves(client: &mut Http2, probe: &Probe, path: &str, name: &str) {
    let status = client.get(path).await.status;
    assert_eq!(probe.ending(name).await, Ending::sent(status));
}

fn with_small(app: Router, probe: &Probe) -> Router {
    app.merge(app::shapes(probe))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_while_the_handler_works_means_no_response() {
    let probe = Probe::default();
    let app = with_small(app::working(&probe, "task"), &probe);
    let server = serve(app).await;
    let mut client = http2::connect(server.address).await;
    let stream = client.request("GET", "/").await;
    probe.happened("task/registered").await;
    client.reset(stream).await;
    probe.happened("handler dropped").await;
    let ending = probe.ending("task").await;
    assert_eq!(ending, Ending::unanswered(Abort::HandlerDropped));
    still_serves(&mut client, &probe, "/small/other", "other").await;
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_while_the_handler_works_gets_no_response() {
    for reset in [false, true] {
        let probe = Probe::default();
        let server = serve(app::working(&probe, "task")).await;
        let mut client = http2::connect(server.address).await;
        client.request("GET", "/").await;
        probe.happened("task/registered").await;
        match reset {
            false => drop(client),
            true => client.abort(),
        }
        probe.happened("handler dropped").await;
        let ending = probe.ending("task").await;
        assert_eq!(ending, Ending::unanswered(Abort::HandlerDropped));
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_within_the_body_aborts_that_response_alone() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        let probe = Probe::default();
        let (teller, body) = told();
        let app = with_small(app::telling(&probe, "task", body), &probe);
        let server = start(adapter, app).await;
        let mut client = http2::connect(server.address).await;
        let stream = client.request("GET", "/").await;
        teller.data("begun");
        while client.frame().await.unwrap().kind != DATA {}
        client.reset(stream).await;
        teller.dropped().await;
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
        still_serves(&mut client, &probe, "/small/other", "other").await;
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_within_the_body_aborts_it() {
    for reset in [false, true] {
        let probe = Probe::default();
        let (teller, body) = told();
        let server = serve(app::telling(&probe, "task", body)).await;
        let mut client = http2::connect(server.address).await;
        client.request("GET", "/").await;
        teller.data("begun");
        while client.frame().await.unwrap().kind != DATA {}
        match reset {
            false => drop(client),
            true => client.abort(),
        }
        teller.dropped().await;
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_before_the_body_is_flushed_aborts_it() {
    for reset in [false, true] {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let mut client = http2::connect(server.address).await;
        client.request("GET", "/huge/task").await;
        server.witness(client.address()).blocked().await;
        match reset {
            false => drop(client),
            true => client.abort(),
        }
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_after_the_last_byte_changes_nothing() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    // Often, for it may leave before the server's task comes round again.
    for number in 0..30 {
        for shape in ["small", "chunked", "trailers"]
            .into_iter()
            .chain(WITHOUT_DATA)
        {
            let name = format!("{shape}{number}");
            let mut client = http2::connect(server.address).await;
            client.get(&format!("/{shape}/{name}")).await;
            match number % 2 {
                0 => drop(client),
                _ => client.abort(),
            }
            let ending = probe.ending(&name).await;
            assert_eq!(ending.aborted, None, "{name}");
        }
    }
    all_ended(&server);
}

/// A response of 50,000 bytes of which flow control lets no more than 100 go.
async fn stalled(server: &Server, probe: &Probe, shape: &str) -> (Http2, u32) {
    let mut client = http2::connect_with_window(server.address, 100).await;
    let stream = client.request("GET", &format!("/{shape}/stalled")).await;
    // The first 100 bytes are there, so the server waits for window.
    while client.frame().await.unwrap().kind != DATA {}
    client.ping().await;
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    (client, stream)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_stalled_by_flow_control_waits_while_others_are_sent() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        let probe = Probe::default();
        let server = start(adapter, app::shapes(&probe)).await;
        let (mut client, stream) = stalled(&server, &probe, "chunked").await;
        for name in ["a", "b", "c"] {
            let path = format!("/small/{name}");
            still_serves(&mut client, &probe, &path, name).await;
        }
        assert!(!probe.is_finished("stalled"));
        client.allow(stream, 1 << 20).await;
        client.response(stream).await;
        assert_eq!(probe.ending("stalled").await, Ending::sent(200));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_a_stalled_response_aborts_it_and_no_other() {
    for shape in ["chunked", "big", "trailers"] {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let (mut client, stream) = stalled(&server, &probe, shape).await;
        client.reset(stream).await;
        let ending = probe.ending("stalled").await;
        assert_eq!(ending, Ending::cut(200, Abort::Client), "{shape}");
        still_serves(&mut client, &probe, "/small/other", "other").await;
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_a_response_without_any_window_aborts_it() {
    for shape in ["small", "chunked", "trailers"] {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let mut client = http2::connect_with_window(server.address, 0).await;
        let stream = client.request("GET", &format!("/{shape}/task")).await;
        while client.frame().await.unwrap().kind != HEADERS {}
        client.ping().await;
        client.reset(stream).await;
        let ending = probe.ending("task").await;
        assert_eq!(ending, Ending::cut(200, Abort::Client), "{shape}");
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_a_stalled_response_aborts_it() {
    for shape in ["big", "chunked", "trailers"] {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let (client, _) = stalled(&server, &probe, shape).await;
        drop(client);
        let ending = probe.ending("stalled").await;
        assert_eq!(ending, Ending::cut(200, Abort::Client), "{shape}");
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_just_the_window_needs_no_more_window_to_end() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http2::connect_with_window(server.address, 5).await;
    let stream = client.request("GET", "/small/task").await;
    // Whole, with its end: without following it, hyper sends both at once.
    assert_eq!(client.response(stream).await.length, 5);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_without_data_needs_no_window_to_end() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http2::connect_with_window(server.address, 0).await;
    for shape in WITHOUT_DATA {
        let response = client.get(&format!("/{shape}/{shape}")).await;
        assert_eq!(response.reset, None);
        assert_eq!(probe.ending(shape).await.aborted, None, "{shape}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_a_response_handed_over_but_stalled_aborts_it() {
    // Two bytes and the end lie in h2's queue, for want of window.
    for before in [Vec::new(), http2::ping_frame()] {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let mut client = http2::connect_with_window(server.address, 3).await;
        let stream = client.request("GET", "/small/task").await;
        probe.happened("task/handed over").await;
        while client.frame().await.unwrap().kind != DATA {}
        client.ping().await;
        assert_eq!(probe.started_so_far(), [] as [&str; 0]);
        client
            .send([before, http2::reset_frame(stream)].concat())
            .await;
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
        still_serves(&mut client, &probe, "/204/other", "other").await;
        all_ended(&server);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_layer_alone_takes_what_a_reset_left_in_the_queue_for_sent() {
    // h2 lets go of a frame that it throws out as of one that it has written.
    let probe = Probe::default();
    let server = start(Adapter::Layer, app::shapes(&probe)).await;
    let mut client = http2::connect_with_window(server.address, 3).await;
    let stream = client.request("GET", "/small/task").await;
    probe.happened("task/handed over").await;
    client.ping().await;
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    client.reset(stream).await;
    assert_eq!(probe.ending("task").await, Ending::sent(200));
}

/// The shapes whose head alone makes the response, or head and trailers.
const WITHOUT_DATA: [&str; 6] = [
    "204",
    "304_with_length",
    "grpc_error",
    "zero",
    "nothing",
    "only_trailers",
];

/// Has the server take a response of `shape` for a connection that is blocked
/// by 32 MiB which the client does not read. Returns the client, the stream of
/// the 32 MiB, and the stream of the response.
async fn behind_a_huge_one(server: &Server, probe: &Probe, shape: &str) -> (Http2, u32, u32) {
    let mut client = http2::connect(server.address).await;
    let huge = client.request("GET", "/huge/huge").await;
    server.witness(client.address()).blocked().await;
    let stream = client.request("GET", &format!("/{shape}/behind")).await;
    probe.happened("behind/handed over").await;
    (client, huge, stream)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_behind_a_huge_one_waits_for_the_socket() {
    for shape in ["small", "trailers"].into_iter().chain(WITHOUT_DATA) {
        let probe = Probe::default();
        let server = serve(app::shapes(&probe)).await;
        let (mut client, huge, stream) = behind_a_huge_one(&server, &probe, shape).await;
        assert_eq!(probe.started_so_far(), [] as [&str; 0]);
        // They come in either order.
        let (mut open, mut end) = (2, 0);
        while open > 0 {
            let frame = client.frame().await.unwrap();
            let is_one_of_them = [huge, stream].contains(&frame.stream);
            if is_one_of_them && http2::Response::default().add(&frame) {
                open -= 1;
                if frame.stream == stream {
                    end = frame.end;
                }
            }
        }
        let ending = probe.ending("behind").await;
        assert_eq!(ending.aborted, None, "{shape}");
        let start = probe.start("behind/strict").await;
        let record = server.witness(client.address()).record();
        assert!(record.accepted_at(start.tick) >= end, "{shape}");
    }
}

/// Resets a response that waits behind a huge one, with `frames` before the
/// reset in the same write.
async fn reset_behind(shape: &str, frames: Vec<u8>) {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let (mut client, huge, stream) = behind_a_huge_one(&server, &probe, shape).await;
    client
        .send([frames, http2::reset_frame(stream)].concat())
        .await;
    let came = client.read_past(huge, stream).await;
    let ending = probe.ending("behind").await;
    assert!(
        came.is_empty(),
        "{shape}: the reset came too late to test anything"
    );
    assert_eq!(ending.aborted, Some(Abort::Client), "{shape}");
    assert_eq!(probe.ending("huge").await, Ending::sent(200));
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_a_response_handed_over_but_not_sent_aborts_it() {
    for shape in ["small", "chunked", "trailers"] {
        reset_behind(shape, Vec::new()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_behind_a_ping_aborts_a_response_handed_over_but_not_sent() {
    // The server reads both at once. Before it looks at the reset it wants to
    // answer the ping, and for that it must first write what it could not.
    reset_behind("small", http2::ping_frame()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_a_response_without_data_that_waits_for_the_socket_aborts_it() {
    for shape in WITHOUT_DATA {
        reset_behind(shape, Vec::new()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_go_away_of_the_client_lets_open_responses_finish() {
    let probe = Probe::default();
    let (teller, body) = told();
    let server = serve(app::telling(&probe, "task", body)).await;
    let mut client = http2::connect(server.address).await;
    let stream = client.request("GET", "/").await;
    teller.data("begun");
    while client.frame().await.unwrap().kind != DATA {}
    client.send(http2::go_away_frame()).await;
    client.ping().await;
    teller.data("going on");
    drop(teller);
    let response = client.response(stream).await;
    assert_eq!(response.reset, None);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_finishes_the_response_and_its_tasks() {
    let probe = Probe::default();
    let (teller, body) = told();
    let mut server = serve(app::telling(&probe, "task", body)).await;
    let mut client = http2::connect(server.address).await;
    let stream = client.request("GET", "/").await;
    teller.data("begun");
    while client.frame().await.unwrap().kind != DATA {}
    server.tell_to_stop();
    while client.frame().await.unwrap().kind != http2::GOAWAY {}
    teller.data("going on");
    drop(teller);
    let response = client.response(stream).await;
    assert_eq!(response.reset, None);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    drop(client);
    server.stopped().await;
}

/// Checks that `/` of `app` is reset and ends as `expected`, and that the other
/// streams of its connection go on.
async fn breaks_alone(adapter: Adapter, app: Router, probe: &Probe, expected: Ending) {
    let server = start(adapter, with_small(app, probe)).await;
    let mut client = http2::connect(server.address).await;
    assert!(client.get("/").await.reset.is_some());
    assert_eq!(probe.ending("task").await, expected);
    still_serves(&mut client, probe, "/small/other", "other").await;
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_fails_aborts_that_response_alone() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        let probe = Probe::default();
        let (teller, body) = told();
        teller.data("begun");
        teller.fail();
        let app = app::telling(&probe, "task", body);
        breaks_alone(adapter, app, &probe, Ending::cut(200, Abort::Body)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_panics_aborts_that_response_alone() {
    for adapter in [Adapter::Serve, Adapter::Layer] {
        let probe = Probe::default();
        let app = app::panicking_body(&probe, "task");
        breaks_alone(adapter, app, &probe, Ending::cut(200, Abort::Body)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_whose_runtime_is_gone_aborts_its_responses() {
    let probe = Probe::default();
    let (runtime, server) = serve_apart(app::shapes(&probe)).await;
    // One is handed over whole, one in part, one has its head alone.
    let (mut client, _, _) = behind_a_huge_one(&server, &probe, "204").await;
    client.request("GET", "/chunked/begun").await;
    probe.happened("begun/registered").await;
    runtime.shutdown_background();
    client.rest().await;
    // Some may have found a thread before the last one went: each task has its
    // one outcome, run or not.
    for name in ["huge", "behind", "begun"] {
        for task in ["", "/strict", "/always"] {
            probe.outcome(&format!("{name}{task}")).await;
        }
        assert!(!probe.started_so_far().contains(&format!("{name}/strict")));
    }
    all_ended(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_another_length_than_its_head_says_aborts_the_response() {
    // h2 sends it as it is, and the client is not to accept it.
    for adapter in [Adapter::Serve, Adapter::Layer] {
        for shape in ["too_short", "said_too_short", "too_long"] {
            let probe = Probe::default();
            let server = start(adapter.clone(), app::shapes(&probe)).await;
            let mut client = http2::connect(server.address).await;
            let response = client.get(&format!("/{shape}/task")).await;
            assert_eq!(response.reset, None);
            let ending = probe.ending("task").await;
            assert_eq!(ending, Ending::cut(200, Abort::Body), "{shape}");
            still_serves(&mut client, &probe, "/small/other", "other").await;
            all_ended(&server);
        }
    }
}

/// So is one without any data, though nothing may follow the head of an error of gRPC.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_grpc_that_says_a_length_aborts_the_response() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http2::connect(server.address).await;
    client.get("/grpc_error_with_length/task").await;
    assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Body));
    all_ended(&server);
}

/// What answers with a body, whatever is asked for, as no server should.
async fn bodies_for_all(probe: Probe) -> SocketAddr {
    let (listener, address) = listen().await;
    let answer = move |request: Request<Incoming>| {
        probe.follow_ending("task");
        let status = request.uri().path()[1..].parse().unwrap();
        let mut response = Response::new(Body::from("hello"));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        async { Ok::<_, Infallible>(response) }
    };
    tokio::spawn(async move {
        let stream = WireStream::new(listener.accept().await.unwrap().0);
        let layer = CrosstownLayer::new().wire(stream.handle());
        let service = TowerToHyperService::new(layer.layer(service_fn(answer)));
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(TokioIo::new(stream), service).await;
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_where_none_may_be_aborts_the_response() {
    // hyper sends it as it is, and the client is not to accept it.
    for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304)] {
        let probe = Probe::default();
        let mut client = http2::connect(bodies_for_all(probe.clone()).await).await;
        let stream = client.request(method, &format!("/{status}")).await;
        assert_eq!(
            client.response(stream).await.length,
            5,
            "{method}, {status}"
        );
        let ending = probe.ending("task").await;
        assert_eq!(ending, Ending::cut(status, Abort::Body), "{method}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_panics_gives_no_response_on_its_stream() {
    let probe = Probe::default();
    let app = app::panicking(&probe, "task");
    let expected = Ending::unanswered(Abort::HandlerPanicked);
    breaks_alone(Adapter::Serve, app, &probe, expected).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_as_the_client_can_release_the_window_bit_by_bit() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let (client, connection) = http2::h2_parts(server.address, 1000).await;
    let connection = tokio::spawn(connection);
    let mut client = within("to be ready", client.ready()).await.unwrap();
    let uri = format!("http://{}/chunked/task", server.address);
    let request = http::Request::get(uri).body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    let response = within("the head", response).await;
    let mut body = response.unwrap().into_body();
    let mut length = 0;
    while let Some(data) = within("data", body.data()).await {
        let data = data.unwrap();
        length += data.len();
        // A window more may be on its way.
        if length + 1000 < 50_000 {
            assert_eq!(probe.started_so_far(), [] as [&str; 0]);
        }
        body.flow_control().release_capacity(data.len()).unwrap();
    }
    assert_eq!(length, 50_000);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    connection.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_finishes_first_does_not_start_the_tasks_of_another() {
    let probe = Probe::default();
    let (teller, body) = told();
    let quick = {
        let probe = probe.clone();
        get(move || async move { probe.follow_ending("quick") })
    };
    let app = app::telling(&probe, "slow", body).route("/quick", quick);
    let server = serve(app).await;
    let mut client = http2::connect(server.address).await;
    let slow = client.request("GET", "/").await;
    still_serves(&mut client, &probe, "/quick", "quick").await;
    client.ping().await;
    assert!(!probe.is_finished("slow"));
    drop(teller);
    client.response(slow).await;
    assert_eq!(probe.ending("slow").await, Ending::sent(200));
}

/// Reads, and holds the bytes of a reset back until it is told to go on.
struct HoldsAReset {
    reads: OwnedReadHalf,
    came: Option<oneshot::Sender<()>>,
    go_on: mpsc::Receiver<()>,
}

impl AsyncRead for HoldsAReset {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.reads).poll_read(cx, buf);
        let is_reset = buf.filled().get(before + 3) == Some(&http2::RST_STREAM);
        if is_reset && let Some(came) = self.came.take() {
            // From elsewhere: what a worker wakes may wait for that very worker.
            thread::spawn(|| came.send(()).unwrap());
            self.go_on.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        poll
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_that_is_read_while_its_response_is_handed_over_aborts_it() {
    let probe = Probe::default();
    let (listener, address) = listen().await;
    let (came, comes) = oneshot::channel();
    let (handed_over, go_on) = mpsc::channel();
    let given = Once::new((comes, handed_over));
    let app = {
        let probe = probe.clone();
        let handler = get(move || async move {
            let (comes, handed_over) = given.take();
            probe.follow_ending("task");
            probe.event("working");
            comes.await.unwrap();
            let tell = move || handed_over.send(()).unwrap();
            Body::new(OnDrop::new(Body::from("hello"), tell))
        });
        Router::new().route("/", handler)
    };
    let app = with_small(app, &probe);
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (reads, writes) = stream.into_split();
        let came = Some(came);
        let reads = HoldsAReset { reads, came, go_on };
        let stream = WireStream::new(join(reads, writes));
        let layer = CrosstownLayer::new().wire(stream.handle());
        speak(stream, layer, app).await;
    });
    let mut client = http2::connect(address).await;
    still_serves(&mut client, &probe, "/small/before", "before").await;
    let stream = client.request("GET", "/").await;
    probe.happened("working").await;
    // The ping has the server write more than the response is long.
    let frames = [http2::reset_frame(stream), http2::ping_frame()];
    client.send(frames.concat()).await;
    assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
    let frames = client.ping().await;
    let of_it = frames.iter().find(|frame| frame.stream == stream);
    assert!(of_it.is_none(), "{of_it:?}");
    drop(client);
    within("the connection to end", server).await.unwrap();
}
