//! Tasks that fail: what the client sees of it, the other tasks, and the log.

use std::fmt;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use crate::app::give_up;
use axum::Router;
use axum::routing::get;
use crosstown_runtime::{Outcome, Task};
use crosstown_tests::http1;
use crosstown_tests::probe::Probe;
use crosstown_tests::server::serve;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// An event in the log that names a task.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    level: Level,
    task: String,
    /// The other fields, as text.
    rest: String,
}

static LOG: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

fn log() -> MutexGuard<'static, Vec<Entry>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the events of the crate. For the whole process, since tasks run on
/// threads that no test knows.
struct Keeper;

fn keep_log() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| tracing::subscriber::set_global_default(Keeper).unwrap());
}

/// The entries that name `task`.
fn logged(task: &str) -> Vec<Entry> {
    let log = log();
    log.iter()
        .filter(|entry| entry.task == task)
        .cloned()
        .collect()
}

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("crosstown_runtime") && metadata.is_event()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut entry = Entry {
            level: *event.metadata().level(),
            task: String::new(),
            rest: String::new(),
        };
        event.record(&mut entry);
        log().push(entry);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Entry {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "task" => self.task = value.to_owned(),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.rest.push_str(&format!("{field}={value:?} "));
    }
}

/// Serves a handler that registers one good task, the `bad` one, and another
/// good one, and checks that the client and the good ones notice nothing.
async fn beside_good_ones(name: &'static str, bad: fn(&Probe)) -> Outcome {
    keep_log();
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        get(move || async move {
            probe.follow("before");
            bad(&probe);
            probe.follow("after");
            "all is well"
        })
    };
    let server = serve(
        Router::new()
            .route("/", handler)
            .route("/again", get("again")),
    )
    .await;
    let mut client = http1::connect(server.address).await;
    let response = client.get("/").await;
    assert_eq!(
        (response.status, &*response.body),
        (200, b"all is well".as_slice())
    );
    for good in ["before", "after"] {
        assert_eq!(probe.outcome(good).await, Outcome::Completed);
    }
    let outcome = probe.outcome(name).await;
    // The connection is as good as before.
    assert_eq!(client.get("/again").await.body, b"again");
    let stats = server.executor.stats();
    assert_eq!((stats.registered, stats.unfinished()), (3, 0));
    outcome
}

fn panicked_with(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Panicked(panic) => panic.message(),
        other => panic!("expected a panic, found {other:?}"),
    }
}

fn failed_with(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Failed(error) => error.message(),
        other => panic!("expected an error, found {other:?}"),
    }
}

/// Checks that the log holds one event for `task`, an error that says `what`.
fn assert_logged_once(task: &str, what: &str) {
    let entries = logged(task);
    let [entry] = &*entries else {
        panic!("one event for {task}, found {entries:?}");
    };
    assert_eq!(entry.level, Level::ERROR);
    assert!(entry.rest.contains(what), "{}", entry.rest);
}

#[tokio::test]
async fn a_task_that_panics_hurts_nobody() {
    let outcome = beside_good_ones("panics", |probe| {
        let task = Task::new(|| give_up("out of luck"));
        probe.keep("panics", task.name("panics").follow_response());
    })
    .await;
    assert_eq!(panicked_with(&outcome), "out of luck");
    assert_logged_once("panics", "out of luck");
}

#[tokio::test]
async fn a_task_that_panics_on_the_thread_that_served_hurts_nobody() {
    let outcome = beside_good_ones("panics here", |probe| {
        let task = Task::new(|| give_up("here")).same_thread(true);
        probe.keep("panics here", task.name("panics here").follow_response());
    })
    .await;
    assert_eq!(panicked_with(&outcome), "here");
    assert_logged_once("panics here", "here");
}

#[tokio::test]
async fn a_future_that_panics_hurts_nobody() {
    let outcome = beside_good_ones("future panics", |probe| {
        let task = Task::future(async {
            tokio::task::yield_now().await;
            give_up("later");
        });
        probe.keep(
            "future panics",
            task.name("future panics").follow_response(),
        );
    })
    .await;
    assert_eq!(panicked_with(&outcome), "later");
    assert_logged_once("future panics", "later");
}

#[tokio::test]
async fn a_task_that_returns_an_error_hurts_nobody() {
    let outcome = beside_good_ones("fails", |probe| {
        let task = Task::new(|| Err::<(), _>("no such number"));
        probe.keep("fails", task.name("fails").follow_response());
    })
    .await;
    assert_eq!(failed_with(&outcome), "no such number");
    assert_logged_once("fails", "no such number");
}

#[tokio::test]
async fn a_future_that_returns_an_error_hurts_nobody() {
    let outcome = beside_good_ones("future fails", |probe| {
        let task = Task::future(async { Err::<(), _>(fmt::Error) });
        probe.keep("future fails", task.name("future fails").follow_response());
    })
    .await;
    assert_eq!(failed_with(&outcome), fmt::Error.to_string());
    assert_logged_once("future fails", &fmt::Error.to_string());
}

#[tokio::test]
async fn a_rule_that_panics_hurts_nobody() {
    let outcome = beside_good_ones("rule panics", |probe| {
        let task = Task::new(|| {}).when(|_| panic!("no rule"));
        probe.keep("rule panics", task.name("rule panics").follow_response());
    })
    .await;
    assert_eq!(panicked_with(&outcome), "no rule");
    assert_logged_once("rule panics", "no rule");
}

#[tokio::test]
async fn a_task_that_succeeds_is_not_in_the_log() {
    let outcome = beside_good_ones("succeeds", |probe| {
        probe.keep(
            "succeeds",
            Task::new(|| {}).name("succeeds").follow_response(),
        );
    })
    .await;
    assert_eq!(outcome, Outcome::Completed);
    assert_eq!(logged("succeeds"), []);
}

#[tokio::test]
async fn a_task_that_is_cancelled_in_time_never_runs() {
    let outcome = beside_good_ones("cancelled", |probe| {
        let task = Task::new(|| give_up("it ran")).name("cancelled");
        let registration = task.follow_response();
        assert!(registration.cancel());
        assert!(!registration.cancel());
        probe.keep("cancelled", registration);
    })
    .await;
    assert_eq!(outcome, Outcome::Cancelled);
}
