//! Registering with a response from elsewhere, and late.

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::{Executor, InResponseScope, Outcome, Phase, ScopeHandle, Skip};
use crosstown_tests::body::{Told, told};
use crosstown_tests::http1;
use crosstown_tests::probe::{Probe, scope};
use crosstown_tests::server::serve;
use crosstown_tests::{Once, http2, within};
use http::StatusCode;
use tokio::sync::oneshot;

/// An app that answers `/` with `status`, after it has sent the handle of its
/// response to the test.
fn handing_out(status: u16, body: Option<Told>) -> (Router, impl Future<Output = ScopeHandle>) {
    let (sender, receiver) = oneshot::channel();
    let given = Once::new((sender, body));
    let handler = any(move || async move {
        let (sender, body) = given.take();
        assert!(sender.send(scope()).is_ok());
        let status = StatusCode::from_u16(status).unwrap();
        (status, body.map_or_else(Body::empty, Body::new))
    });
    let handle = async { within("the handle", receiver).await.unwrap() };
    (Router::new().route("/", handler), handle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spawned_future_in_the_scope_registers_with_the_response() {
    let probe = Probe::default();
    let (teller, body) = told();
    let handler = {
        let (probe, body) = (probe.clone(), Once::new(body));
        any(move || async move {
            let of = probe.clone();
            let work = async move { of.follow("spawned") };
            tokio::spawn(work.in_response_scope()).await.unwrap();
            let of = probe.clone();
            let lost = async move { of.follow("not in the scope") };
            tokio::spawn(lost).await.unwrap();
            Body::new(body.take())
        })
    };
    let server = serve(Router::new().route("/", handler)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    client.head().await;
    let outcome = probe.outcome("not in the scope").await;
    assert_eq!(outcome, Outcome::Completed);
    assert!(!probe.is_finished("spawned"));
    drop(teller);
    assert_eq!(probe.outcome("spawned").await, Outcome::Completed);
    let sent = probe.start("spawned").await.sent;
    assert_eq!(sent.status(), Some(StatusCode::OK));
    assert_eq!(server.executor.stats().registered, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_thread_registers_with_the_response() {
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        any(move || async move {
            let (scope, probe) = (scope(), probe.clone());
            let thread = std::thread::spawn(move || {
                scope.enter(|| probe.follow("thread"));
                assert!(ScopeHandle::current().is_none());
            });
            tokio::task::spawn_blocking(|| thread.join().unwrap())
                .await
                .unwrap();
        })
    };
    let server = serve(Router::new().route("/", handler)).await;
    http1::connect(server.address).await.get("/").await;
    assert_eq!(probe.outcome("thread").await, Outcome::Completed);
    let sent = probe.start("thread").await.sent;
    assert_eq!(sent.phase(), Some(Phase::Sent));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_registered_while_the_body_is_sent_waits_for_its_end() {
    for protocol in [1, 2] {
        let probe = Probe::default();
        let (teller, body) = told();
        let (app, scope) = handing_out(200, Some(body));
        let server = serve(app).await;
        let mut one = http1::connect(server.address).await;
        let mut two = http2::connect(server.address).await;
        match protocol {
            1 => one.request("GET", "/").await,
            _ => drop(two.request("GET", "/").await),
        }
        let scope = scope.await;
        teller.data("begun");
        match protocol {
            1 => drop(one.head().await),
            _ => while two.frame().await.unwrap().kind != http2::DATA {},
        }
        scope.enter(|| {
            probe.follow_with("head", |task| task.phase(Phase::Head));
            probe.follow("sent");
        });
        assert_eq!(probe.outcome("head").await, Outcome::Completed);
        assert!(!probe.is_finished("sent"));
        drop(teller);
        assert_eq!(probe.outcome("sent").await, Outcome::Completed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_registered_late_is_judged_by_the_status_and_starts_at_once() {
    let no_go = |status| Outcome::Skipped(Skip::NoGo(StatusCode::from_u16(status).unwrap()));
    let expected = [
        (200, Outcome::Completed),
        (404, no_go(404)),
        (503, no_go(503)),
    ];
    for (status, outcome) in expected {
        let probe = Probe::default();
        let (app, scope) = handing_out(status, None);
        let server = serve(app).await;
        let mut client = http1::connect(server.address).await;
        client.get("/").await;
        // The response is over for the server, too: it has read the next head.
        assert_eq!(client.get("/none").await.status, 404);
        let scope = scope.await;
        scope.enter(|| probe.follow_with("late", |task| task.same_thread(true)));
        assert!(probe.is_finished("late"), "{status}");
        assert_eq!(probe.outcome("late").await, outcome);
        if outcome == Outcome::Completed {
            let start = probe.start("late").await;
            assert_eq!(start.thread, std::thread::current().id());
            assert_eq!(start.sent.status(), Some(StatusCode::OK));
            assert_eq!(start.sent.aborted(), None);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_registered_after_an_abort_is_judged_as_aborted() {
    let probe = Probe::default();
    let (teller, body) = told();
    let (app, scope) = handing_out(200, Some(body));
    let server = serve(app).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    client.head().await;
    let scope = scope.await;
    client.reset();
    teller.dropped().await;
    // The body is dropped before its share of the response is.
    scope.enter(|| probe.follow_ending("first"));
    probe.ending("first").await;
    scope.enter(|| probe.follow_ending("late"));
    let late = probe.ending("late").await;
    assert_eq!(late.strict, Outcome::Skipped(Skip::Aborted));
    assert_eq!(late.default, Outcome::Completed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_registered_after_the_handler_was_dropped_has_no_response() {
    let probe = Probe::default();
    let (sender, receiver) = oneshot::channel();
    let given = Once::new(sender);
    let handler = any(move || async move {
        assert!(given.take().send(scope()).is_ok());
        std::future::pending::<()>().await;
    });
    let server = serve(Router::new().route("/", handler)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    let scope = within("the handle", receiver).await.unwrap();
    scope.enter(|| probe.follow("before"));
    client.reset();
    let no_response = Outcome::Skipped(Skip::NoResponse);
    assert_eq!(probe.outcome("before").await, no_response);
    scope.enter(|| probe.follow("after"));
    assert_eq!(probe.outcome("after").await, no_response);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_inside_serve_follows_each_response_once() {
    let probe = Probe::default();
    let inner = Executor::new();
    let handler = {
        let probe = probe.clone();
        any(move || async move { probe.follow("once") })
    };
    let layer = CrosstownLayer::new().executor(inner.clone());
    let app = Router::new().route("/", handler);
    let server = serve(app.layer(layer.clone()).layer(layer)).await;
    http1::connect(server.address).await.get("/").await;
    assert_eq!(probe.outcome("once").await, Outcome::Completed);
    assert_eq!(probe.started_so_far(), ["once"]);
    assert_eq!(server.executor.stats().completed, 1);
    assert_eq!(inner.stats().registered, 0);
}

/// Registers a task when it is dropped.
struct RegistersLast(Probe);

impl Drop for RegistersLast {
    fn drop(&mut self) {
        self.0.follow("last");
        self.0.event("dropped");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_in_a_layer_inside_serve_is_dropped_in_its_scope() {
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        any(move || async move {
            let _last = RegistersLast(probe.clone());
            probe.event("working");
            std::future::pending::<()>().await;
        })
    };
    let app = Router::new().route("/", handler);
    let server = serve(app.layer(CrosstownLayer::new())).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    probe.happened("working").await;
    drop(client);
    probe.happened("dropped").await;
    let expected = Outcome::Skipped(Skip::NoResponse);
    assert_eq!(probe.outcome("last").await, expected);
}
