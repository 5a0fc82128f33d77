//! The behaviour of the decorator that this crate takes after.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::routing::get;
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::{
    InResponseScope, NoGo, Outcome, Registration, Sent, Skip, Task, WithoutResponse,
    crosstown_traffic, testing,
};
use crosstown_tests::body::told;
use crosstown_tests::probe::Probe;
use crosstown_tests::server::{Server, serve};
use crosstown_tests::{Once, PATIENCE, http1};
use http::{Request, StatusCode};
use tower::ServiceExt;

/// Serves `handler`, which gets the path as a number.
async fn serve_status(probe: &Probe, register: fn(Probe) -> Registration) -> Server {
    let handler = move |State(probe): State<Probe>, Path(status): Path<u16>| async move {
        probe.keep(status.to_string(), register(probe.clone()));
        StatusCode::from_u16(status).unwrap()
    };
    let app = Router::new().route("/{status}", get(handler));
    serve(app.with_state(probe.clone())).await
}

/// The outcomes of the task that `register` makes, for each of `statuses`.
async fn outcomes(statuses: &[u16], register: fn(Probe) -> Registration) -> Vec<Outcome> {
    let probe = Probe::default();
    let server = serve_status(&probe, register).await;
    let mut outcomes = Vec::new();
    for status in statuses {
        let mut client = http1::connect(server.address).await;
        let response = client.get(&format!("/{status}")).await;
        assert_eq!(response.status, *status);
        outcomes.push(probe.outcome(&status.to_string()).await);
    }
    outcomes
}

fn no_go(status: u16) -> Outcome {
    Outcome::Skipped(Skip::NoGo(StatusCode::from_u16(status).unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_finishes_first_does_not_start_the_tasks_of_another() {
    let probe = Probe::default();
    let (first, first_body) = told();
    let slow = {
        let (probe, body) = (probe.clone(), Once::new(first_body));
        get(move || {
            probe.follow("slow");
            async move { Body::new(body.take()) }
        })
    };
    let quick = {
        let probe = probe.clone();
        get(move || {
            probe.follow("quick");
            async { "quick" }
        })
    };
    let server = serve(Router::new().route("/slow", slow).route("/quick", quick)).await;

    let mut slow = http1::connect(server.address).await;
    slow.request("GET", "/slow").await;
    first.data("begun");
    slow.head().await;
    let mut quick = http1::connect(server.address).await;
    quick.get("/quick").await;
    assert_eq!(probe.outcome("quick").await, Outcome::Completed);
    assert!(!probe.is_finished("slow"));

    drop(first);
    assert_eq!(probe.outcome("slow").await, Outcome::Completed);
    assert_eq!(probe.started_so_far(), ["quick", "slow"]);
}

/// Serves a handler that registers 20 tasks, on the current runtime, and
/// returns the order in which they start.
async fn order_of_twenty(register: fn(&Probe, String)) -> Vec<String> {
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        get(move || async move {
            for number in 0..20 {
                register(&probe, number.to_string());
            }
        })
    };
    let server = serve(Router::new().route("/", handler)).await;
    http1::connect(server.address).await.get("/").await;
    let starts = probe.started_in_all(20).await;
    starts.into_iter().map(|start| start.name).collect()
}

fn twenty() -> Vec<String> {
    (0..20).map(|number: u32| number.to_string()).collect()
}

#[test]
fn tasks_start_in_the_order_registered_on_the_pool() {
    // On one thread, so that the order of the starts can be seen.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let order = runtime.block_on(order_of_twenty(|probe, name| probe.follow(name)));
    assert_eq!(order, twenty());
}

#[tokio::test]
async fn tasks_start_in_the_order_registered_on_the_same_thread() {
    let order = order_of_twenty(|probe, name| {
        probe.follow_with(name, |task| task.same_thread(true));
    });
    assert_eq!(order.await, twenty());
}

#[tokio::test]
async fn tasks_start_in_the_order_registered_as_futures() {
    let order = order_of_twenty(|probe, name| {
        let (probe, of) = (probe.clone(), name.clone());
        let task = Task::future_with_sent(|sent| async move { probe.started(of, sent) });
        task.name(name).follow_response();
    });
    assert_eq!(order.await, twenty());
}

#[tokio::test]
async fn a_404_under_a_no_go_of_404_and_6xx_does_not_run() {
    let outcomes = outcomes(&[404, 600, 699, 403, 500], |_| {
        #[crosstown_traffic(no_go = [404, "6xx"])]
        fn task() {}
        task
    });
    let expected = [
        no_go(404),
        no_go(600),
        no_go(699),
        Outcome::Completed,
        Outcome::Completed,
    ];
    assert_eq!(outcomes.await, expected);
}

#[tokio::test]
async fn a_range_of_400_to_405_includes_both_ends() {
    let outcomes = outcomes(&[399, 400, 403, 405, 406], |_| {
        #[crosstown_traffic(no_go = ["400-405"])]
        fn task() {}
        task
    });
    let expected = [
        Outcome::Completed,
        no_go(400),
        no_go(403),
        no_go(405),
        Outcome::Completed,
    ];
    assert_eq!(outcomes.await, expected);
}

#[tokio::test]
async fn a_302_alone_can_be_refused() {
    let outcomes = outcomes(&[301, 302, 303], |_| {
        #[crosstown_traffic(no_go = [302])]
        fn task() {}
        task
    });
    let expected = [Outcome::Completed, no_go(302), Outcome::Completed];
    assert_eq!(outcomes.await, expected);
}

#[tokio::test]
async fn the_default_stops_4xx_and_5xx() {
    let outcomes = outcomes(&[400, 404, 451, 499, 500, 503, 599], |_| {
        #[crosstown_traffic]
        fn task() {}
        task
    });
    let expected = [400, 404, 451, 499, 500, 503, 599].map(no_go);
    assert_eq!(outcomes.await, expected);
}

#[tokio::test]
async fn the_default_lets_1xx_to_3xx_run() {
    let outcomes = outcomes(&[101, 200, 202, 204, 299, 300, 302, 304, 399], |_| {
        #[crosstown_traffic]
        fn task() {}
        task
    });
    assert_eq!(outcomes.await, [const { Outcome::Completed }; 9]);
}

#[tokio::test]
async fn an_empty_no_go_lets_every_status_run() {
    let outcomes = outcomes(&[200, 404, 500, 999], |_| {
        #[crosstown_traffic(no_go = [])]
        fn task() {}
        task
    });
    assert_eq!(outcomes.await, [const { Outcome::Completed }; 4]);
}

/// A handler whose task, while it runs, waits for the next request to be
/// handled, and says whether that happened within `patience`.
struct Meeting {
    handled_meanwhile: bool,
    on_the_thread_that_served: bool,
}

/// Runs a [`Meeting`] on a server of one thread.
fn meet(same_thread: bool, patience: Duration) -> Meeting {
    let (said, hear) = mpsc::channel();
    let (asked, ask) = mpsc::channel::<()>();
    let (handled, was_handled) = mpsc::channel::<()>();
    let ears = Once::new((ask, was_handled, said));
    let first = move || {
        let (ask, was_handled, said) = ears.take();
        let served_by = thread::current().id();
        let task = Task::new(move || {
            // The second request is on its way.
            ask.recv_timeout(PATIENCE).unwrap();
            let handled = was_handled.recv_timeout(patience).is_ok();
            let on_the_thread_that_served = thread::current().id() == served_by;
            said.send(Meeting {
                handled_meanwhile: handled,
                on_the_thread_that_served,
            })
            .unwrap();
        });
        task.same_thread(same_thread).follow_response();
        async { "first" }
    };
    let second = move || {
        // Nobody hears it when the first task has given up.
        let _ = handled.send(());
        async { "second" }
    };
    let app = Router::new()
        .route("/first", get(first))
        .route("/second", get(second));

    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (serving, address) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = thread::spawn(move || {
        runtime().block_on(async {
            let server = serve(app).await;
            serving.send(server.address).unwrap();
            drop(stopped.await);
        });
    });
    let address = address.recv_timeout(PATIENCE).unwrap();
    let meeting = runtime().block_on(async {
        let mut client = http1::connect(address).await;
        client.get("/first").await;
        let mut other = http1::connect(address).await;
        other.request("GET", "/second").await;
        asked.send(()).unwrap();
        assert_eq!(other.response().await.body, b"second");
        hear.recv_timeout(PATIENCE).unwrap()
    });
    drop(stop);
    server.join().unwrap();
    meeting
}

#[test]
fn same_thread_runs_on_the_thread_that_served_and_blocks_it() {
    let meeting = meet(true, Duration::from_millis(200));
    assert!(meeting.on_the_thread_that_served);
    assert!(!meeting.handled_meanwhile);
}

#[test]
fn the_default_runs_on_another_thread_and_blocks_none() {
    let meeting = meet(false, PATIENCE);
    assert!(!meeting.on_the_thread_that_served);
    assert!(meeting.handled_meanwhile);
}

#[test]
fn with_no_response_in_progress_a_task_runs_at_once_and_here() {
    let (say, hear) = mpsc::channel();
    #[crosstown_traffic]
    fn task() {
        say.send(thread::current().id()).unwrap();
    }
    // Already over, with no runtime around.
    assert_eq!(hear.try_recv(), Ok(thread::current().id()));
    assert!(task.is_finished());
}

#[tokio::test]
async fn with_no_response_in_progress_a_future_is_spawned() {
    let task = Task::future(async {}).follow_response();
    assert!(!task.is_finished());
    assert_eq!(task.outcome().await, Outcome::Completed);
}

#[test]
fn with_no_response_in_progress_and_panic_asked_for_it_panics() {
    let register = || {
        #[crosstown_traffic(without_response = "panic")]
        fn lost_task() {}
        lost_task
    };
    let panic = catch_unwind(AssertUnwindSafe(register)).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("lost_task"), "{message}");
}

#[test]
fn with_no_response_in_progress_and_skip_asked_for_it_is_skipped() {
    let task = Task::new(|| -> () { panic!("it ran") })
        .without_response(WithoutResponse::Skip)
        .follow_response();
    assert!(task.is_finished());
    assert!(format!("{task:?}").contains("WithoutResponse"));
}

#[tokio::test]
async fn with_no_response_in_progress_no_rule_is_asked_and_what_it_captured_is_let_go_of() {
    let held = Arc::new(());
    let rule = || {
        let held = Arc::clone(&held);
        move |_: &Sent| -> bool { unreachable!("{held:?}") }
    };
    let closure = Task::new(|| ()).when(rule()).follow_response();
    let future = Task::future(async {}).when(rule()).follow_response();
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(closure.outcome().await, Outcome::Completed);
    assert_eq!(future.outcome().await, Outcome::Completed);
}

#[tokio::test]
async fn inside_a_running_task_no_response_is_in_progress() {
    let probe = Probe::default();
    let inner = probe.clone();
    let (_, recorded) = testing::record(async {
        Task::new(move || {
            inner.follow("inner");
            assert!(inner.is_finished("inner"));
            assert!(Sent::current().is_some());
        })
        .follow_response()
    })
    .await;
    assert_eq!(recorded.len(), 1);
    let outcomes = recorded.respond(StatusCode::OK).await;
    assert_eq!(outcomes, [Outcome::Completed]);
    assert_eq!(probe.outcome("inner").await, Outcome::Completed);
    let sent = probe.start("inner").await.sent;
    assert_eq!(sent.status(), None);
}

#[tokio::test]
async fn a_recorded_handler_runs_nothing_until_told() {
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        async move {
            for name in ["one", "two", "three"] {
                probe.follow(name);
            }
            let spawned = { async move { probe.follow("four") } };
            tokio::spawn(spawned.in_response_scope()).await.unwrap();
            StatusCode::OK
        }
    };
    let (status, mut recorded) = testing::record(handler).await;
    assert_eq!(recorded.names(), ["one", "two", "three", "four"]);
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);

    let one = recorded.next().unwrap();
    assert_eq!(one.name(), "one");
    assert_eq!(one.run().await, Outcome::Completed);
    assert_eq!(probe.started_so_far(), ["one"]);

    let outcomes = recorded.respond(status).await;
    assert_eq!(outcomes, [const { Outcome::Completed }; 3]);
    assert_eq!(probe.started_so_far().len(), 4);
}

#[tokio::test]
async fn a_whole_app_is_recorded_whatever_its_layers() {
    let probe = Probe::default();
    let follow = probe.clone();
    let handler = |Path(name): Path<String>| async move { follow.follow(name) };
    let app = Router::new().route("/{name}", get(handler));
    let layer = CrosstownLayer::new();
    for (name, app) in [
        ("none", app.clone()),
        ("a layer", app.clone().layer(layer.clone())),
        (
            "a detached one",
            app.clone().layer(layer.clone().detached()),
        ),
        (
            "two detached ones",
            app.layer(layer.clone().detached()).layer(layer.detached()),
        ),
    ] {
        let path = format!("/{}", name.replace(' ', "%20"));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (response, recorded) = testing::record(app.oneshot(request)).await;
        assert_eq!(recorded.names(), [name]);
        let status = response.unwrap().status();
        assert!(!probe.is_finished(name));
        assert_eq!(recorded.respond(status).await, [Outcome::Completed]);
    }
}

#[tokio::test]
async fn what_a_server_counts_adds_up() {
    let probe = Probe::default();
    let server = serve_status(&probe, |_| {
        Task::new(|| {}).no_go(NoGo::ERRORS).follow_response()
    })
    .await;
    let mut client = http1::connect(server.address).await;
    for status in [200, 201, 404] {
        client.get(&format!("/{status}")).await;
        probe.outcome(&status.to_string()).await;
    }
    let stats = server.executor.stats();
    assert_eq!(
        (stats.registered, stats.completed, stats.skipped.no_go),
        (3, 2, 1)
    );
    assert_eq!(stats.unfinished(), 0);
}
