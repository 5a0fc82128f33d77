//! What the hooks hear.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crosstown_runtime::{
    Executor, ExecutorBuilder, Outcome, ResponseScope, Skip, Task, follow_response,
};

use crate::support::{
    Gate, PanicsOnDrop, drained, now, places, polled, respond, runtime, within_reason,
};

#[test]
fn while_a_hook_is_at_work_its_task_is_counted_and_finished_and_its_outcome_waits() {
    let (started, gate) = (Gate::default(), Gate::default());
    let executor = Executor::builder().on_outcome({
        let (started, gate) = (started.clone(), gate.clone());
        move |_| (started.open(), gate.wait()).1
    });
    let executor = executor.build();
    runtime().block_on(async {
        let task = respond(&executor, || follow_response(|| ()));
        started.wait();
        assert_eq!(executor.stats().completed, 1);
        assert!(task.is_finished());
        assert!(polled(task.outcome()).is_pending());
        gate.open();
        assert_eq!(within_reason(task.outcome()).await, Outcome::Completed);
        drained(&executor).await;
    });
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Entry>>>);

/// Name, outcome and run time.
type Entry = (String, Outcome, Option<Duration>);

impl Heard {
    fn by(&self, builder: ExecutorBuilder) -> ExecutorBuilder {
        let heard = self.clone();
        builder.on_outcome(move |ended| {
            let entry = (ended.name.to_string(), ended.outcome.clone(), ended.ran);
            heard.0.lock().unwrap().push(entry);
        })
    }

    fn sorted(&self) -> Vec<(String, Outcome)> {
        let heard = self.0.lock().unwrap();
        let heard = heard
            .iter()
            .map(|(name, outcome, _)| (name.clone(), outcome.clone()));
        let mut heard: Vec<_> = heard.collect();
        heard.sort_by(|a, b| a.0.cmp(&b.0));
        heard
    }
}

#[test]
fn a_hook_hears_of_every_outcome_once() {
    let heard = Heard::default();
    let executor = heard.by(Executor::builder()).build();
    runtime().block_on(async {
        respond(&executor, || {
            Task::new(|| ()).name("a completes").follow_response();
            Task::new(|| ())
                .name("b cancelled")
                .follow_response()
                .cancel();
            Task::new(|| Err("no")).name("c fails").follow_response();
            Task::new(|| ())
                .name("d rule")
                .when(|_| false)
                .follow_response();
            Task::future(async {}).name("e future").follow_response();
            let task = Task::future(std::future::pending::<()>()).name("f timeout");
            task.timeout(Duration::ZERO).follow_response();
        });
        drained(&executor).await;
    });
    let heard = heard.sorted();
    let names: Vec<_> = heard.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        [
            "a completes",
            "b cancelled",
            "c fails",
            "d rule",
            "e future",
            "f timeout"
        ]
    );
    let outcomes: Vec<_> = heard.into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(outcomes[0], Outcome::Completed);
    assert_eq!(outcomes[1], Outcome::Cancelled);
    assert!(matches!(&outcomes[2], Outcome::Failed(error) if error.message() == "no"));
    assert_eq!(outcomes[3], Outcome::Skipped(Skip::When));
    assert_eq!(outcomes[4], Outcome::Completed);
    assert_eq!(outcomes[5], Outcome::TimedOut);
}

#[test]
fn a_hook_hears_how_long_a_task_waited_and_ran() {
    const NAP: Duration = Duration::from_millis(20);
    let heard = Arc::new(Mutex::new(None));
    let executor = Executor::builder().on_outcome({
        let heard = Arc::clone(&heard);
        move |ended| *heard.lock().unwrap() = Some((ended.waited, ended.ran, ended.line))
    });
    let executor = executor.build();
    let registering = Instant::now();
    let line = respond(&executor, || {
        let task = Task::new(|| std::thread::sleep(NAP)).same_thread(true);
        task.follow_response();
        // Waits with the response.
        std::thread::sleep(NAP);
        line!() - 4
    });
    let all = registering.elapsed();
    let (waited, ran, at) = heard.lock().unwrap().unwrap();
    assert!(waited >= NAP && ran.unwrap() >= NAP);
    // Neither is counted twice.
    assert!(waited + ran.unwrap() <= all);
    assert_eq!(at, line);
}

#[test]
fn what_a_hook_takes_is_no_part_of_the_next_task() {
    const NAP: Duration = Duration::from_millis(200);
    runtime().block_on(async {
        for same_thread in [true, false] {
            let heard = Arc::new(Mutex::new(Vec::new()));
            let executor = Executor::builder().max_blocking(places(1)).on_outcome({
                let heard = Arc::clone(&heard);
                move |ended| {
                    std::thread::sleep(NAP);
                    heard.lock().unwrap().push(ended.ran.unwrap());
                }
            });
            let executor = executor.build();
            respond(&executor, || {
                for _ in 0..3 {
                    let task = Task::new(|| ()).same_thread(same_thread);
                    task.follow_response();
                }
            });
            drained(&executor).await;
            let heard = heard.lock().unwrap();
            assert!(
                heard.len() == 3 && heard.iter().all(|ran| *ran < NAP / 2),
                "{heard:?}"
            );
        }
    });
}

#[test]
fn a_task_that_did_not_start_has_no_run_time() {
    let heard = Heard::default();
    let executor = heard.by(Executor::builder()).build();
    respond(&executor, || follow_response(|| ()).cancel());
    assert_eq!(heard.0.lock().unwrap()[0].2, None);
}

#[test]
fn a_hook_that_panics_stops_neither_the_others_nor_the_task() {
    let heard = Heard::default();
    let builder = Executor::builder().on_outcome(|_| std::panic::panic_any(PanicsOnDrop));
    let executor = heard.by(builder).build();
    runtime().block_on(async {
        let tasks = respond(&executor, || {
            let cancelled = Task::new(|| ()).follow_response();
            cancelled.cancel();
            let here = Task::new(|| ()).same_thread(true).follow_response();
            let future = Task::future(async {}).follow_response();
            [cancelled, here, future, follow_response(|| ())]
        });
        for task in &tasks {
            within_reason(task.outcome()).await;
        }
        drained(&executor).await;
    });
    assert_eq!(heard.sorted().len(), 4);
}

#[cfg(feature = "tracing")]
#[test]
fn a_hook_that_panics_is_in_the_log() {
    crate::log::start();
    let builder = Executor::builder().on_outcome(|_| panic!("a hook for the log"));
    respond(&builder.build(), || follow_response(|| ()).cancel());
    let lines = crate::log::with("a hook for the log");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("ERROR"), "{lines:?}");
}

#[test]
fn a_hook_finds_its_task_in_the_counts_and_may_register_another() {
    let slot = Arc::new(Mutex::new(None::<Executor>));
    let executor = Executor::builder().on_outcome({
        let slot = Arc::clone(&slot);
        move |ended| {
            let executor = slot.lock().unwrap().clone();
            let Some(executor) = executor.filter(|_| ended.name == "first") else {
                return;
            };
            assert_eq!(executor.stats().completed, 1);
            respond(&executor, || {
                Task::new(|| ()).name("second").follow_response()
            });
        }
    });
    let executor = executor.build();
    *slot.lock().unwrap() = Some(executor.clone());
    runtime().block_on(async {
        respond(&executor, || {
            Task::new(|| ()).name("first").follow_response()
        });
        assert_eq!(drained(&executor).await.completed, 2);
    });
    *slot.lock().unwrap() = None;
}

#[test]
fn a_hook_that_panics_when_it_is_dropped_unwinds_into_no_response() {
    let (rude, held) = (PanicsOnDrop, Arc::new(()));
    let builder = Executor::builder().on_outcome(move |_| _ = &rude);
    let builder = builder.on_outcome({
        let held = Arc::clone(&held);
        move |_| _ = &held
    });
    let scope = ResponseScope::new().executor(builder.build());
    let ((), pending) = now(scope.run(async { drop(follow_response(|| ())) }));
    // It holds the executor, as the last one does whose server is gone.
    drop(pending.respond(http::StatusCode::NOT_FOUND));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn what_a_hook_registers_belongs_to_what_is_in_progress_on_its_thread() {
    let executor = Executor::builder().on_outcome(|ended| {
        if ended.name == "told of" {
            follow_response(|| ());
        }
    });
    let executor = executor.build();
    let told_of = || Task::new(|| ()).name("told of").same_thread(true);
    respond(&executor, || told_of().follow_response());
    assert_eq!(executor.stats().registered, 1, "no response is in progress");
    runtime().block_on(async {
        respond(&executor, || told_of().follow_response().cancel());
        assert_eq!(drained(&executor).await.registered, 3);
    });
}
