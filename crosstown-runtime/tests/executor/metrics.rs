//! What the metrics facade hears.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use crosstown_runtime::{Executor, Outcome, ResponseScope, ScopeHandle, Sent, Task, metrics};
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::support::{now, outcome, respond, respond_with};

#[test]
fn counters_gauges_and_histograms_tell_what_became_of_tasks() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let rendered = ::metrics::with_local_recorder(&recorder, || {
        metrics::describe();
        let executor = Executor::new();
        respond(&executor, || {
            let task = || Task::new(|| ()).same_thread(true);
            task().name("receipt").follow_response();
            task().name("receipt").follow_response();
            let failing = Task::new(|| Err("no")).same_thread(true);
            failing.name("receipt").follow_response();
            task().name("call").follow_response().cancel();
        });
        respond_with(&executor, StatusCode::CONFLICT, || {
            Task::new(|| ()).name("call").follow_response();
        });
        respond(&executor, || {
            // Follows no response, as what a task registers.
            let inner = || _ = Task::new(|| ()).name("inner").follow_response();
            let outer = Task::new(inner).name("outer").same_thread(true);
            outer.follow_response();
        });
        let (held, pending) = now(ResponseScope::new()
            .executor(executor.clone())
            .run(async { Task::new(|| ()).name("waits").follow_response() }));
        let rendered = recorder.handle().render();
        drop((held, pending));
        rendered
    });
    let has = |line: &str| assert!(rendered.contains(line), "{line}\nis not in\n{rendered}");
    has("crosstown_tasks_registered_total{task=\"receipt\"} 3");
    has("crosstown_tasks_total{task=\"receipt\",outcome=\"completed\"} 2");
    has("crosstown_tasks_total{task=\"receipt\",outcome=\"failed\"} 1");
    has("crosstown_tasks_total{task=\"call\",outcome=\"cancelled\"} 1");
    has("crosstown_tasks_total{task=\"call\",outcome=\"skipped\",cause=\"no_go\"} 1");
    has("crosstown_tasks_registered_total{task=\"inner\"} 1");
    has("crosstown_tasks_total{task=\"inner\",outcome=\"completed\"} 1");
    has("crosstown_tasks_pending 1");
    has("crosstown_tasks_running 0");
    has("crosstown_task_run_seconds_count{task=\"receipt\"} 3");
    has("crosstown_task_wait_seconds_count{task=\"receipt\"} 3");
    has("# HELP crosstown_tasks_total Tasks ended, by outcome.");
}

/// Calls this once, when it is asked for a counter.
struct Calls<F>(RefCell<Option<F>>);

impl<F: FnOnce()> Recorder for Calls<F> {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        if let Some(call) = self.0.take() {
            call();
        }
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn a_task_that_a_recorder_registers_runs_in_a_context_of_its_own() {
    let scope = ResponseScope::new();
    let handle = scope.handle();
    let ((), pending) = now(scope.run(async {}));
    drop(pending.respond(StatusCode::OK).sent());
    let late = |body: fn()| Task::new(body).same_thread(true).follow_response();
    let mut ships = None;
    let recorder = Calls(RefCell::new(Some(|| {
        let body = || {
            let status = Sent::current().and_then(|sent| sent.status());
            assert_eq!(status, Some(StatusCode::OK));
            assert!(
                ScopeHandle::current().is_none(),
                "a response is in progress"
            );
        };
        ships = Some(late(body));
    })));
    ::metrics::with_local_recorder(&recorder, || handle.enter(|| late(|| ())));
    let outcome = ships.map(|ships| outcome(&ships));
    assert_eq!(outcome, Some(Outcome::Completed));
}

/// Keeps the two gauges, and panics when it is asked for anything else.
#[derive(Default)]
struct GaugesAlone {
    pending: Arc<AtomicU64>,
    running: Arc<AtomicU64>,
}

impl Recorder for GaugesAlone {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        panic!("a rude counter")
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let is_pending = key.name() == metrics::TASKS_PENDING;
        let gauge = if is_pending {
            &self.pending
        } else {
            &self.running
        };
        Gauge::from_arc(Arc::clone(gauge))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("a rude histogram")
    }
}

#[test]
fn a_recorder_that_panics_loses_what_it_is_told_there_and_no_more() {
    let recorder = GaugesAlone::default();
    let now = |gauge: &AtomicU64| f64::from_bits(gauge.load(Ordering::Relaxed));
    ::metrics::with_local_recorder(&recorder, || {
        let task = respond(&Executor::new(), || {
            let body = {
                let running = Arc::clone(&recorder.running);
                move || assert_eq!(now(&running), 1.0)
            };
            let task = Task::new(body).same_thread(true).follow_response();
            assert_eq!(now(&recorder.pending), 1.0);
            let cancelled = Task::new(|| ()).follow_response();
            assert!(cancelled.cancel());
            task
        });
        assert_eq!(outcome(&task), Outcome::Completed);
    });
    assert_eq!((now(&recorder.pending), now(&recorder.running)), (0.0, 0.0));
}
