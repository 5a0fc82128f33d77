//! Handlers that outlive their clients.

use std::future::IntoFuture;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use crosstown_runtime::axum::{Serve, serve};
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::{Abort, Executor};
use crosstown_tests::body::told;
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::witness::{WitnessedListener, Witnesses};
use crosstown_tests::{PATIENCE, http1, http2, server, within};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::app;
use crate::phases::serve_tcp;

/// A handler that registers, and answers when it is told.
fn app(probe: &Probe, answer: &Arc<Notify>) -> Router {
    let (probe, answer) = (probe.clone(), Arc::clone(answer));
    Router::new().route(
        "/",
        get(move || async move {
            probe.follow_ending("response");
            answer.notified().await;
            probe.event("answered");
            (StatusCode::ACCEPTED, "at last")
        }),
    )
}

async fn runs_to_its_end_without_its_client(
    serve_app: impl AsyncFnOnce(WitnessedListener, Router, Executor),
) {
    let (probe, answer) = (Probe::default(), Arc::new(Notify::new()));
    let (listener, address) = server::listen().await;
    let witnesses = Witnesses::default();
    let listener = WitnessedListener::new(listener, witnesses.clone());
    let executor = Executor::new();
    serve_app(listener, app(&probe, &answer), executor.clone()).await;

    let mut client = http1::connect(address).await;
    let witness = witnesses.of(client.address());
    client.request("GET", "/").await;
    probe.happened("response/registered").await;
    drop(client);
    witness.closed().await;
    answer.notify_one();

    let ending = probe.ending("response").await;
    assert_eq!(ending, Ending::cut(202, Abort::Client));
    probe.happened("answered").await;
    assert!(executor.drain(PATIENCE).await.is_complete());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_of_serve_outlive_their_clients() {
    runs_to_its_end_without_its_client(async |listener, app, executor| {
        let server = serve(listener, app).executor(executor).detached();
        tokio::spawn(server.into_future());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_under_the_layer_outlive_their_clients() {
    runs_to_its_end_without_its_client(async |listener, app, executor| {
        let layer = CrosstownLayer::new().executor(executor).detached();
        tokio::spawn(axum::serve(listener, app.layer(layer)).into_future());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_a_client_that_stays_like_any_other() {
    let (probe, answer) = (Probe::default(), Arc::new(Notify::new()));
    let app = app(&probe, &answer);
    let address = serve_tcp(app, |serve| serve.detached()).await;
    answer.notify_one();
    let response = http1::connect(address).await.get("/").await;
    assert_eq!(response.body, b"at last");
    let ending = probe.ending("response").await;
    assert_eq!(ending, Ending::sent(202));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_that_panic_end_without_a_response() {
    let probe = Probe::default();
    let app = app::panicking(&probe, "response");
    let address = serve_tcp(app, |serve| serve.detached()).await;
    let mut client = http1::connect(address).await;
    client.request("GET", "/").await;
    assert!(client.closed().await);
    let ending = probe.ending("response").await;
    assert_eq!(ending, Ending::unanswered(Abort::HandlerPanicked));
}

/// A detached layer under `serve`.
fn nested(app: Router) -> Router {
    app.layer(CrosstownLayer::new().detached())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_under_serve_follows_to_the_wire() {
    let probe = Probe::default();
    let (teller, body) = told();
    let server = server::serve(nested(app::telling_here(&probe, "task", body))).await;
    let mut client = http1::connect(server.address).await;
    let witness = server.witness(client.address());
    client.request("GET", "/").await;
    teller.data("hello");
    client.head().await;
    drop(teller);
    let start = probe.start("task").await;
    client.take("5\r\nhello\r\n0\r\n\r\n".len() as u64).await;
    let record = witness.record();
    assert_eq!(record.accepted_at(start.tick), record.accepted());
    // By the executor of the server.
    assert_ne!(server.executor.stats().registered, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_under_serve_hears_of_a_reset() {
    let probe = Probe::default();
    let server = server::serve(nested(app::shapes(&probe))).await;
    let mut client = http2::connect_with_window(server.address, 1_000).await;
    let stream = client.request("GET", "/huge/task").await;
    while client.frame().await.unwrap().kind != http2::DATA {}
    client.reset(stream).await;
    assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_waits_for_handlers_whose_client_has_left() {
    for deadline in [None, Some(PATIENCE)] {
        let (probe, answer) = (Probe::default(), Arc::new(Notify::new()));
        // It registers once it is told to answer.
        let app = {
            let (probe, answer) = (probe.clone(), Arc::clone(&answer));
            Router::new().route(
                "/",
                get(move || async move {
                    probe.event("begun");
                    answer.notified().await;
                    probe.follow_ending("response");
                    StatusCode::ACCEPTED
                }),
            )
        };
        let mut server = server::serve_as(app, Serve::detached, deadline).await;
        let (address, executor) = (server.address, server.executor.clone());
        let mut client = http1::connect(address).await;
        let witness = server.witness(client.address());
        client.request("GET", "/").await;
        probe.happened("begun").await;
        drop(client);
        witness.closed().await;
        server.tell_to_stop();

        let refused = async { while TcpStream::connect(address).await.is_ok() {} };
        within("the server to accept nobody", refused).await;
        assert!(!server.has_stopped());
        answer.notify_one();
        server.stopped().await;
        assert!(probe.is_finished("response"));
        assert_eq!(executor.stats().unfinished(), 0);
    }
}
