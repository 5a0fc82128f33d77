//! The span of each task.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use crosstown_runtime::{Executor, Outcome, Registration, Task, follow_response};
use http::StatusCode;
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Metadata, Subscriber, info_span, span};
use tracing_core::span::Current;

use crate::support::{drained, one_thread, respond_with};

/// Keeps what becomes of each span.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: HashMap<u64, Seen>,
    current: Vec<u64>,
    /// The span around each event, by the event's message.
    events: Vec<(String, Option<u64>)>,
}

#[derive(Default, Clone)]
struct Seen {
    name: &'static str,
    metadata: Option<&'static Metadata<'static>>,
    fields: String,
    follows: Vec<u64>,
    handles: i32,
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("crosstown") || metadata.target().starts_with("executor")
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut state = self.0.lock().unwrap();
        let id = state.spans.len() as u64 + 1;
        let mut seen = Seen {
            name: span.metadata().name(),
            metadata: Some(span.metadata()),
            handles: 1,
            ..Seen::default()
        };
        span.record(&mut Fields(&mut seen.fields));
        state.spans.insert(id, seen);
        span::Id::from_u64(id)
    }

    fn record(&self, span: &span::Id, values: &span::Record<'_>) {
        let mut state = self.0.lock().unwrap();
        let seen = state.spans.get_mut(&span.into_u64()).unwrap();
        values.record(&mut Fields(&mut seen.fields));
    }

    fn record_follows_from(&self, span: &span::Id, follows: &span::Id) {
        let mut state = self.0.lock().unwrap();
        let seen = state.spans.get_mut(&span.into_u64()).unwrap();
        seen.follows.push(follows.into_u64());
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = String::new();
        event.record(&mut Fields(&mut fields));
        let mut state = self.0.lock().unwrap();
        let current = state.current.last().copied();
        state.events.push((fields, current));
    }

    fn enter(&self, span: &span::Id) {
        self.0.lock().unwrap().current.push(span.into_u64());
    }

    fn exit(&self, span: &span::Id) {
        let mut state = self.0.lock().unwrap();
        assert_eq!(state.current.pop(), Some(span.into_u64()));
    }

    fn clone_span(&self, span: &span::Id) -> span::Id {
        self.0
            .lock()
            .unwrap()
            .spans
            .get_mut(&span.into_u64())
            .unwrap()
            .handles += 1;
        span.clone()
    }

    fn try_close(&self, span: span::Id) -> bool {
        let mut state = self.0.lock().unwrap();
        let seen = state.spans.get_mut(&span.into_u64()).unwrap();
        seen.handles -= 1;
        seen.handles == 0
    }

    fn current_span(&self) -> Current {
        let state = self.0.lock().unwrap();
        let current = state.current.last().map(|id| (*id, &state.spans[id]));
        match current.and_then(|(id, seen)| Some((id, seen.metadata?))) {
            Some((id, metadata)) => Current::new(span::Id::from_u64(id), metadata),
            None => Current::none(),
        }
    }
}

/// Plays a request inside of a span, on a runtime of one thread that `Spans`
/// listens to. Returns the request's span and all others.
fn spans(register: impl FnOnce() -> Registration) -> (u64, State, Outcome) {
    let spans = Spans::default();
    let _listening = tracing::dispatcher::set_default(&Dispatch::new(spans.clone()));
    let runtime = one_thread();
    let executor = Executor::new();
    let outcome = runtime.block_on(async {
        let task = respond_with(&executor, StatusCode::ACCEPTED, || {
            let request = info_span!("request");
            let _entered = request.enter();
            register()
        });
        drained(&executor).await;
        task.outcome().await
    });
    let state = std::mem::take(&mut *spans.0.lock().unwrap());
    let request = state.spans.iter().find(|(_, span)| span.name == "request");
    (*request.unwrap().0, state, outcome)
}

impl State {
    fn task(&self) -> &Seen {
        let mut tasks = self.spans.values().filter(|span| span.name == "task");
        let task = tasks.next().expect("the task has a span");
        assert!(tasks.next().is_none(), "and only one");
        task
    }
}

#[test]
fn the_span_of_a_task_follows_from_the_one_it_was_registered_in() {
    let tasks: [fn() -> Registration; 2] = [
        || {
            Task::new(|| ())
                .same_thread(true)
                .name("n")
                .follow_response()
        },
        || {
            Task::future(tokio::task::yield_now())
                .name("n")
                .follow_response()
        },
    ];
    for register in tasks {
        let (request, state, outcome) = spans(register);
        let task = state.task();
        assert_eq!(outcome, Outcome::Completed);
        assert_eq!(task.follows, [request]);
        assert!(task.fields.contains("name=\"n\" "), "{}", task.fields);
        assert!(task.fields.contains("status=202 "), "{}", task.fields);
        assert!(task.fields.contains("queued="), "{}", task.fields);
        assert!(
            task.fields.contains("outcome=\"completed\""),
            "{}",
            task.fields
        );
        assert_eq!(task.handles, 0, "it is closed");
    }
}

#[test]
fn a_task_that_waits_does_not_hold_the_span_of_its_request_open() {
    let spans = Spans::default();
    let _listening = tracing::dispatcher::set_default(&Dispatch::new(spans.clone()));
    let scope = crosstown_runtime::ResponseScope::new().executor(Executor::new());
    let (_, pending) = crate::support::now(scope.run(async {
        let request = info_span!("request");
        let _entered = request.enter();
        follow_response(|| ())
    }));
    let state = std::mem::take(&mut *spans.0.lock().unwrap());
    let mut requests = state.spans.values().filter(|span| span.name == "request");
    assert_eq!(requests.next().unwrap().handles, 0);
    *spans.0.lock().unwrap() = state;
    drop(pending);
}

#[test]
fn events_in_a_body_and_of_its_failure_are_in_the_span_of_the_task() {
    let (_, state, _) = spans(|| {
        let body = async {
            tracing::info!("from the body");
            Err("no luck")
        };
        Task::future(body).follow_response()
    });
    let span_of = |text| {
        let event = state
            .events
            .iter()
            .find(|(fields, _)| fields.contains(text));
        let id = event
            .expect("the event was heard")
            .1
            .expect("it is in a span");
        state.spans[&id].name
    };
    assert_eq!(span_of("from the body"), "task");
    assert_eq!(span_of("no luck"), "task");
    assert!(state.task().fields.contains("outcome=\"failed\""));
}

#[test]
fn a_task_that_does_not_start_has_no_span() {
    let (_, state, outcome) = spans(|| Task::new(|| ()).when(|_| false).follow_response());
    assert!(matches!(outcome, Outcome::Skipped(_)));
    assert!(state.spans.values().all(|span| span.name != "task"));
}
