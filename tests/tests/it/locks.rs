//! Code of the user's that wants a lock of h2's, where h2 lets go of a response.
//!
//! The body of a request, dropped, takes the locks of its connection. h2 lets go
//! of frames under them.

use std::mem::ManuallyDrop;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::routing::any;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::{Abort, OnAbort, Outcome, Sent, Skip, Task};
use crosstown_tests::place::{Io, Place};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{Adapter, listen, serve_apart, service, start};
use crosstown_tests::{PATIENCE, http1, http2, within};
use hyper::server::conn::http2::Builder;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::oneshot;

/// More than the window that the clients here give.
const MORE: usize = 100_000;
const WINDOW: u32 = 1_000;

/// What a task says of itself that wants a lock, and what becomes of it.
type Variant = (fn(Task) -> Task, Outcome);

fn variants() -> [Variant; 4] {
    [
        (|task| task.same_thread(true), Outcome::Completed),
        (|task| task, Outcome::Completed),
        (
            |task| task.on_abort(OnAbort::Skip),
            Outcome::Skipped(Skip::Aborted),
        ),
        (
            |task| task.when(|sent| sent.aborted().is_none()),
            Outcome::Skipped(Skip::When),
        ),
    ]
}

/// An app whose task holds its request. It answers with `length` bytes.
fn holding(probe: &Probe, options: fn(Task) -> Task, length: usize) -> Router {
    let probe = probe.clone();
    let handler = move |request: Request| {
        let task = probe.task("task".into(), move |_: Sent| drop(request));
        probe.keep("task", options(task).follow_response());
        async move { Body::from(vec![7; length]) }
    };
    let app = Router::new().route("/", any(handler));
    app.route("/other", any(|| async { "other" }))
}

#[test]
fn an_abort_takes_no_lock_twice() {
    for (number, (options, expected)) in variants().into_iter().enumerate() {
        for leaves in [false, true] {
            let probe = Probe::default();
            let app = holding(&probe, options, MORE);
            hold_nobody_up(app, async |mut client: http2::Http2, stream| {
                while client.frame().await.unwrap().kind != http2::DATA {}
                if leaves {
                    drop(client);
                } else {
                    client.reset(stream).await;
                    assert_eq!(client.get("/other").await.status, 200, "{number}");
                }
                let outcome = probe.outcome("task").await;
                assert_eq!(outcome, expected, "{number}, leaves: {leaves}");
            });
        }
    }
}

#[test]
fn a_response_that_is_sent_takes_no_lock_twice() {
    for (number, (options, _)) in variants().into_iter().enumerate() {
        let probe = Probe::default();
        let app = holding(&probe, options, 5);
        hold_nobody_up(app, async |mut client: http2::Http2, stream| {
            client.response(stream).await;
            assert_eq!(client.get("/other").await.status, 200, "{number}");
            let outcome = probe.outcome("task").await;
            assert_eq!(outcome, Outcome::Completed, "{number}");
        });
    }
}

#[test]
fn the_end_of_a_runtime_takes_no_lock_twice() {
    for adapter in [Adapter::Layer, Adapter::LayerWire, Adapter::Serve] {
        // On a thread of its own, since what hangs can't be stopped.
        let (ended, ends) = mpsc::channel();
        thread::spawn(move || ended.send(ends_with_its_runtime(adapter)));
        let outcome = ends.recv_timeout(PATIENCE).expect("it ends");
        assert_eq!(outcome, Outcome::Completed);
    }
}

/// Ends the runtime of a server whose response stalls; returns what becomes of its
/// task.
fn ends_with_its_runtime(adapter: Adapter) -> Outcome {
    let runtime = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap()
    };
    let (servers, clients) = (runtime(), runtime());
    let probe = Probe::default();
    let app = holding(&probe, |task| task.same_thread(true), MORE);
    let server = servers.block_on(start(adapter, app));
    let (stalled, stalls) = oneshot::channel();
    let client = thread::spawn(move || {
        clients.block_on(async {
            let mut client = http2::connect_with_window(server.address, WINDOW).await;
            client.open("POST", "/").await;
            while client.frame().await.unwrap().kind != http2::DATA {}
            client.ping().await;
            stalled.send(client).unwrap();
            probe.outcome("task").await
        })
    });
    // It stays for as long as the runtime is being ended.
    let _client = servers.block_on(within("the response to stall", stalls));
    drop(servers);
    client.join().unwrap()
}

/// Serves `app` on a runtime of its own, which no failure here waits for, and has
/// a client whose window is small send a request, whose body stays open.
fn hold_nobody_up(app: Router, client: impl AsyncFnOnce(http2::Http2, u32)) {
    let test = async {
        let (runtime, server) = serve_apart(app).await;
        let runtime = ManuallyDrop::new(runtime);
        let mut connection = http2::connect_with_window(server.address, WINDOW).await;
        let stream = connection.open("POST", "/").await;
        client(connection, stream).await;
        ManuallyDrop::into_inner(runtime).shutdown_background();
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(test);
}

/// Serves a connection whose keep-alive is impatient.
async fn keep_alive_soon(io: impl Io, layer: CrosstownLayer, app: Router) {
    let soon = Duration::from_millis(50);
    let connection = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(soon)
        .keep_alive_timeout(soon)
        .serve_connection(TokioIo::new(io), service(layer, app));
    drop(connection.await);
}

/// A client that gives one response of two a window, answers no ping, and reads
/// until the server gives up.
async fn leaves_one_stalled(io: impl Io) {
    let mut client = http2::Http2::over(io, WINDOW).await;
    let stalled = client.request("GET", "/3000/stalled").await;
    let other = client.request("GET", "/70000/other").await;
    client.allow(other, 100_000).await;
    let frames = client.rest().await;
    let data = |stream: u32| {
        let is_data =
            move |frame: &&http2::Frame| frame.kind == http2::DATA && frame.stream == stream;
        let data = frames.iter().filter(is_data);
        data.map(|frame| frame.payload.len()).sum::<usize>()
    };
    assert_eq!((data(stalled), data(other)), (1_000, 70_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_keep_alive_that_times_out_throws_away_is_aborted() {
    for place in Place::ALL {
        let probe = Probe::default();
        let app = {
            let probe = probe.clone();
            let handler = async move |Path((length, name)): Path<(usize, String)>| {
                probe.follow_ending(&name);
                Body::from(vec![7; length])
            };
            Router::new().route("/{length}/{name}", any(handler))
        };
        let (listener, address) = listen().await;
        let (end, client) = place.ends();
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (stream, layer) = end.wrap(stream).await;
            keep_alive_soon(stream, layer, app).await;
        });
        let client = client.speak(http1::tcp(address).await).await;
        leaves_one_stalled(client).await;
        let (stalled, other) = (probe.ending("stalled").await, probe.ending("other").await);
        assert_eq!(stalled, Ending::cut(200, Abort::Client), "{place:?}");
        assert_eq!(other, Ending::sent(200), "{place:?}");
        within("the connection to end", server).await.unwrap();
    }
}
