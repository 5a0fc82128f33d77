//! Layers of others, inside and outside of ours.

use std::convert::Infallible;
use std::future::IntoFuture;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::Response;
use axum::routing::get;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::{Abort, Executor, Outcome, Skip, Task};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{listen, plain, serve};
use crosstown_tests::{http1, http2};
use http::StatusCode;
use tower::{Layer, Service, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app;

/// Asks `app` for `path` over both protocols, and returns both endings.
async fn endings(app: Router, probe: &Probe, path: &str) -> [Ending; 2] {
    let server = serve(app).await;
    let mut client = http1::connect(server.address).await;
    client.get(&format!("{path}one")).await;
    let one = probe.ending("one").await;
    let mut client = http2::connect(server.address).await;
    client.get(&format!("{path}two")).await;
    let two = probe.ending("two").await;
    assert_eq!(server.executor.stats().unfinished(), 0);
    [one, two]
}

fn twice(ending: Ending) -> [Ending; 2] {
    [ending.clone(), ending]
}

/// Routes `/one` and `/two` to apps for tasks of these names.
fn both(probe: &Probe, app: fn(&Probe, &'static str) -> Router) -> Router {
    Router::new()
        .nest("/one", app(probe, "one"))
        .nest("/two", app(probe, "two"))
}

fn timeout() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(50))
}

/// Replaces the response, body and all.
async fn replaced(_: Response) -> Response {
    let mut response = Response::new(Body::from("replaced"));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_caught_inside_is_the_status_that_was_sent() {
    let probe = Probe::default();
    let app = both(&probe, app::panicking).layer(CatchPanicLayer::new());
    let endings = endings(app, &probe, "/").await;
    assert_eq!(endings, twice(Ending::refused(500)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timeout_inside_is_the_status_that_was_sent() {
    let probe = Probe::default();
    let app = both(&probe, app::working).layer(timeout());
    let endings = endings(app, &probe, "/").await;
    assert_eq!(endings, twice(Ending::refused(408)));
    probe.happened("handler dropped").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_replaced_inside_counts_as_what_it_became() {
    let probe = Probe::default();
    let app = app::shapes(&probe).layer(map_response(replaced));
    let endings = endings(app, &probe, "/small/").await;
    assert_eq!(endings, twice(Ending::refused(503)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_compressed_inside_is_sent_with_its_last_byte() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe).layer(CompressionLayer::new())).await;
    let mut client = http1::connect(server.address).await;
    for shape in ["big", "chunked", "yielding"] {
        let request = format!("GET /{shape}/{shape} HTTP/1.1\r\nhost: a\r\n");
        client.send(request + "accept-encoding: gzip\r\n\r\n").await;
        let response = client.response().await;
        assert!(response.head.contains("gzip"), "{}", response.head);
        assert_eq!(probe.ending(shape).await, Ending::sent(200));
        let start = probe.start(shape).await;
        assert_eq!(start.sent.bytes(), response.body.len() as u64);
        let record = server.witness(client.address()).record();
        assert!(record.accepted_at(start.tick) >= response.end, "{shape}");
    }
}

/// Calls what it is around until the answer is good.
async fn retried(request: Request, next: Next) -> Response {
    let mut response = next.clone().run(copy_of(&request)).await;
    while response.status().is_server_error() {
        response = next.clone().run(copy_of(&request)).await;
    }
    response
}

fn copy_of(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    copy.uri_mut().clone_from(request.uri());
    copy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_each_try_of_a_middleware_registers_follows_the_one_response() {
    let probe = Probe::default();
    let handler = |State((probe, tries)): State<(Probe, Arc<AtomicUsize>)>| async move {
        let number = tries.fetch_add(1, Ordering::Relaxed);
        probe.follow_ending(&format!("try {number}"));
        let kept = |task: Task| task.key("receipt");
        probe.follow_with(format!("receipt {number}"), kept);
        match number {
            0 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::OK,
        }
    };
    let app = Router::new()
        .route("/", get(handler))
        .layer(from_fn(retried))
        .with_state((probe.clone(), Arc::default()));
    let server = serve(app).await;
    http1::connect(server.address).await.get("/").await;
    for name in ["try 0", "try 1"] {
        assert_eq!(probe.ending(name).await, Ending::sent(200), "{name}");
    }
    let replaced = Outcome::Skipped(Skip::Replaced);
    assert_eq!(probe.outcome("receipt 0").await, replaced);
    assert_eq!(probe.outcome("receipt 1").await, Outcome::Completed);
}

/// Serves `app` with axum's own server over our layer and another outside of
/// it, asks over HTTP/1 and returns how it ended.
async fn ending_under(
    app: Router,
    outside: impl FnOnce(Router) -> Router,
    probe: &Probe,
    path: &str,
) -> Ending {
    let executor = Executor::new();
    let app = app.layer(CrosstownLayer::new().executor(executor.clone()));
    let address = plain(outside(app)).await;
    let mut client = http1::connect(address).await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n");
    client.send(request + "accept-encoding: gzip\r\n\r\n").await;
    client.response().await;
    let ending = probe.ending("task").await;
    assert_eq!(executor.stats().unfinished(), 0);
    ending
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_of_which_axum_drops_the_body_is_sent() {
    let probe = Probe::default();
    let layer = CrosstownLayer::new();
    let address = plain(app::shapes(&probe).layer(layer)).await;
    let mut client = http1::connect(address).await;
    client.request("HEAD", "/big/one").await;
    client.response_to("HEAD").await;
    assert_eq!(probe.ending("one").await, Ending::sent(200));
    let mut client = http2::connect(address).await;
    for (shape, name) in [("big", "two"), ("chunked", "three")] {
        let stream = client.request("HEAD", &format!("/{shape}/{name}")).await;
        client.response(stream).await;
        assert_eq!(probe.ending(name).await, Ending::sent(200), "{shape}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_caught_outside_means_no_response() {
    let probe = Probe::default();
    let app = app::panicking(&probe, "task");
    let ending = ending_under(app, |app| app.layer(CatchPanicLayer::new()), &probe, "/").await;
    assert_eq!(ending, Ending::unanswered(Abort::HandlerPanicked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timeout_outside_means_no_response() {
    let probe = Probe::default();
    let app = app::working(&probe, "task");
    let ending = ending_under(app, |app| app.layer(timeout()), &probe, "/").await;
    assert_eq!(ending, Ending::unanswered(Abort::HandlerDropped));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_replaced_outside_is_aborted() {
    let probe = Probe::default();
    let app = app::shapes(&probe);
    let outside = |app: Router| app.layer(map_response(replaced));
    let ending = ending_under(app, outside, &probe, "/small/task").await;
    assert_eq!(ending, Ending::cut(200, Abort::Client));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_compressed_outside_ends_as_sent() {
    // As sent: when it is on the wire, a layer inside can't know.
    let probe = Probe::default();
    let app = app::shapes(&probe);
    let outside = |app: Router| app.layer(CompressionLayer::new());
    let ending = ending_under(app, outside, &probe, "/chunked/task").await;
    assert_eq!(ending, Ending::sent(200));
}

/// A service that must be found ready before each call, as one that holds requests
/// back.
#[derive(Clone)]
struct AsksFirst {
    app: Router,
    is_ready: bool,
}

impl AsksFirst {
    fn new() -> Self {
        let app = Router::new().route("/", get(|| async { "hello" }));
        let is_ready = false;
        Self { app, is_ready }
    }
}

impl Service<Request> for AsksFirst {
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Service::<Request>::poll_ready(&mut self.app, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        assert!(mem::take(&mut self.is_ready), "nobody asked first");
        self.app.call(request)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_inside_is_found_ready_before_it_is_called() {
    let request = || Request::new(Body::empty());
    let layer = CrosstownLayer::new();
    let response = layer.layer(AsksFirst::new()).oneshot(request()).await;
    assert_eq!(response.unwrap().status(), 200);
    let layer = layer.detached();
    let response = layer.layer(AsksFirst::new()).oneshot(request()).await;
    assert_eq!(response.unwrap().status(), 200);

    let (listener, address) = listen().await;
    let make = axum::ServiceExt::<Request>::into_make_service(AsksFirst::new());
    tokio::spawn(crosstown_runtime::axum::serve(listener, make).into_future());
    assert_eq!(http1::connect(address).await.get("/").await.status, 200);
}
