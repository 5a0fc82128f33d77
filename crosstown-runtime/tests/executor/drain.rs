//! Waiting for the last task, and naming those that are left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crosstown_runtime::{
    Drained, Executor, InResponseScope, Outcome, ResponseScope, Sent, Task, follow_response,
};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::support::{Gate, LONG, drained, limited, now, respond, runtime, until, within_reason};

/// How long a drain here waits for what does not end.
const SHORT: Duration = Duration::from_millis(20);

/// Drains, and opens `gate` once the drain waits. It ends because it is woken, not
/// at a deadline.
async fn drained_past(executor: &Executor, gate: &Gate) -> Drained {
    let drain = executor.drain(Duration::MAX);
    let both = async { tokio::join!(drain, async { gate.open() }) };
    within_reason(both).await.0
}

#[test]
fn a_drain_of_nothing_is_over_at_once() {
    runtime().block_on(async {
        let drained = Executor::new().drain(LONG).await;
        assert!(drained.is_complete());
        assert_eq!(drained.stats().registered, 0);
    });
}

#[test]
fn a_drain_waits_for_tasks_that_run_and_tasks_that_wait() {
    runtime().block_on(async {
        let (executor, gate) = (limited(1), Gate::default());
        respond(&executor, || {
            for _ in 0..3 {
                let gate = gate.clone();
                Task::new(move || gate.wait()).follow_response();
            }
        });
        let drained = drained_past(&executor, &gate).await;
        assert_eq!(drained.stats().completed, 3);
    });
}

#[test]
fn a_drain_whose_time_is_up_while_a_hook_is_at_work_is_not_complete() {
    let runtime = runtime();
    let (gate, started) = (Gate::default(), Gate::default());
    let hook = {
        let (gate, started) = (gate.clone(), started.clone());
        move |_: &crosstown_runtime::Ended<'_>| gate.body(&started)()
    };
    let executor = Executor::builder().on_outcome(hook).build();
    runtime.block_on(async {
        respond(&executor, || follow_response(|| ()));
        started.wait();
        let left = executor.drain(SHORT).await;
        assert!(!left.is_complete());
        // The task itself has ended, and is counted.
        assert_eq!((left.stats().completed, left.unfinished()), (1, &[][..]));
        gate.open();
        assert_eq!(drained(&executor).await.completed, 1);
    });
}

#[test]
fn two_drains_at_once_both_end() {
    runtime().block_on(async {
        let (executor, gate) = (Executor::new(), Gate::default());
        let held = gate.clone();
        respond(&executor, || {
            Task::new(move || held.wait()).follow_response()
        });
        let (one, two) = (
            executor.drain(Duration::MAX),
            drained_past(&executor, &gate),
        );
        let (one, two) = within_reason(async { tokio::join!(one, two) }).await;
        assert!(one.is_complete() && two.is_complete());
    });
}

#[test]
fn a_drain_whose_time_is_up_names_what_is_left_with_line_and_age() {
    runtime().block_on(async {
        let (executor, gate, started) = (limited(1), Gate::default(), Gate::default());
        let notify = Arc::new(Notify::new());
        let first_line = line!() + 4;
        respond(&executor, || {
            let body = gate.body(&started);
            // The next line is told of.
            Task::new(body).name("runs").follow_response();
            Task::new(|| ()).name("waits").follow_response();
            let notify = Arc::clone(&notify);
            let body = async move { notify.notified().await };
            Task::future(body).name("is polled").follow_response();
            Task::new(|| ())
                .name("is cancelled")
                .follow_response()
                .cancel();
        });
        started.wait();
        let left = executor.drain(SHORT).await;
        assert!(!left.is_complete());
        assert_eq!((left.stats().running, left.stats().pending), (2, 1));
        let mut names: Vec<_> = left
            .unfinished()
            .iter()
            .map(|task| {
                assert!(task.file.ends_with("drain.rs"));
                assert!(task.age >= SHORT && task.age < LONG);
                (task.name.as_str(), task.line, task.is_running)
            })
            .collect();
        names.sort_unstable();
        let expected = [
            ("is polled", first_line + 4, true),
            ("runs", first_line, true),
            ("waits", first_line + 1, false),
        ];
        assert_eq!(names, expected);
        gate.open();
        notify.notify_one();
        assert_eq!(drained(&executor).await.completed, 3);
    });
}

#[test]
fn a_drain_ends_at_its_deadline() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            Task::future(std::future::pending::<()>()).follow_response()
        });
        let (deadline, began) = (Duration::from_secs(10), tokio::time::Instant::now());
        assert!(!executor.drain(deadline).await.is_complete());
        let took = began.elapsed();
        assert!(took >= deadline && took < 2 * deadline, "{took:?}");
    });
}

/// Responds on a thread of its own, which runs what is for the same thread.
fn respond_apart(executor: &Executor, handler: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let executor = executor.clone();
    spawn_blocking(move || respond(&executor, handler))
}

#[test]
fn a_drain_names_all_that_are_due_on_a_thread_however_many() {
    let runtime = runtime();
    let (executor, gate, started) = (Executor::new(), Gate::default(), Gate::default());
    runtime.block_on(async {
        let body = gate.body(&started);
        let response = respond_apart(&executor, || {
            Task::new(body).same_thread(true).follow_response();
            for _ in 1..100 {
                Task::new(|| ()).same_thread(true).follow_response();
            }
        });
        started.wait();
        let left = executor.drain(SHORT).await;
        assert_eq!(left.stats().unfinished(), 100);
        assert_eq!(left.unfinished().len(), 100);
        gate.open();
        within_reason(response).await.unwrap();
        assert_eq!(drained(&executor).await.completed, 100);
    });
}

#[test]
fn of_more_tasks_than_a_drain_names_it_names_those_that_run_and_counts_the_rest() {
    #[cfg(feature = "tracing")]
    crate::log::start();
    runtime().block_on(async {
        let (executor, gate, started) = (limited(1), Gate::default(), Gate::default());
        let notify = Arc::new(Notify::new());
        respond(&executor, || {
            Task::new(gate.body(&started)).follow_response();
            (0..5_000).for_each(|_| drop(follow_response(|| ())));
            let notify = Arc::clone(&notify);
            Task::future(async move { notify.notified().await }).follow_response();
        });
        started.wait();
        until(|| executor.stats().running == 2).await;
        let left = executor.drain(SHORT).await;
        assert_eq!(left.unfinished().len(), 4_096);
        let running = left.unfinished().iter().map(|task| task.is_running);
        assert_eq!(running.take(3).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(left.stats().unfinished(), 5_002);
        gate.open();
        notify.notify_one();
        drained(&executor).await;
    });
    #[cfg(feature = "tracing")]
    {
        let lines = crate::log::with("tasks=906");
        assert!(lines[0].contains("more tasks than are named"), "{lines:?}");
    }
}

#[test]
fn a_drain_names_what_holds_the_thread_of_its_response_and_what_is_next_there() {
    let runtime = runtime();
    let (executor, gate, started) = (Executor::new(), Gate::default(), Gate::default());
    runtime.block_on(async {
        let body = gate.body(&started);
        let response = respond_apart(&executor, || {
            let task = Task::new(body).name("holds_the_thread");
            task.same_thread(true).follow_response();
            let next = Task::new(|| ()).name("is_next").same_thread(true);
            next.follow_response();
        });
        started.wait();
        let left = executor.drain(SHORT).await;
        let left = left.unfinished().iter();
        let left: Vec<_> = left.map(|task| (&*task.name, task.is_running)).collect();
        assert_eq!(left, [("holds_the_thread", true), ("is_next", false)]);
        gate.open();
        response.await.unwrap();
        drained(&executor).await;
    });
}

#[test]
fn of_tasks_that_share_a_place_a_drain_names_the_one_that_has_it() {
    runtime().block_on(async {
        let (executor, gate, started) = (limited(1), Gate::default(), Gate::default());
        respond(&executor, || {
            Task::new(|| ()).name("has_ended").follow_response();
            let body = gate.body(&started);
            Task::new(body).name("has_the_place").follow_response();
        });
        started.wait();
        let left = executor.drain(SHORT).await;
        let names: Vec<_> = left.unfinished().iter().map(|task| &*task.name).collect();
        assert_eq!(names, ["has_the_place"]);
        gate.open();
        drained(&executor).await;
    });
}

#[test]
fn a_task_that_waits_for_its_response_is_counted_by_a_drain() {
    runtime().block_on(async {
        let executor = Executor::new();
        let scope = ResponseScope::new().executor(executor.clone());
        let (_, pending) = now(scope.run(async { follow_response(|| ()) }));
        let left = executor.drain(Duration::ZERO).await;
        assert_eq!((left.stats().pending, left.unfinished().len()), (1, 0));
        pending.respond(http::StatusCode::OK).sent();
        drained(&executor).await;
    });
}

#[test]
fn tasks_that_tasks_register_during_a_drain_are_waited_for() {
    fn closure(left: u32) {
        if left > 0 {
            Task::future(async move { future(left - 1) }).follow_response();
        }
    }
    fn future(left: u32) {
        if left > 0 {
            follow_response(move || closure(left - 1));
        }
    }
    runtime().block_on(async {
        let (executor, gate) = (limited(1), Gate::default());
        let held = gate.clone();
        respond(&executor, || {
            Task::new(move || {
                held.wait();
                closure(99);
            })
            .follow_response()
        });
        let drained = drained_past(&executor, &gate).await;
        assert!(drained.is_complete());
        assert_eq!(drained.stats().completed, 100);
    });
}

#[test]
fn what_a_part_of_a_task_registers_is_waited_for() {
    runtime().block_on(async {
        let (executor, gate) = (Executor::new(), Gate::default());
        let held = gate.clone();
        respond(&executor, || {
            let body = async move {
                let part = async move {
                    assert!(Sent::current().is_some());
                    follow_response(move || held.wait());
                };
                let part = tokio::spawn(part.in_response_scope());
                part.await.expect("no panic");
            };
            Task::future(body).follow_response()
        });
        let drained = drained_past(&executor, &gate).await;
        assert!(drained.is_complete());
        assert_eq!(drained.stats().completed, 2);
    });
}

#[test]
fn a_drain_that_is_dropped_changes_nothing() {
    runtime().block_on(async {
        let (executor, gate) = (Executor::new(), Gate::default());
        let held = gate.clone();
        let task = respond(&executor, || {
            Task::new(move || held.wait()).follow_response()
        });
        assert!(
            tokio::time::timeout(SHORT, executor.drain(LONG))
                .await
                .is_err()
        );
        gate.open();
        assert_eq!(within_reason(task.outcome()).await, Outcome::Completed);
        drained(&executor).await;
    });
}

#[test]
fn who_has_seen_a_drain_complete_sees_every_outcome_and_no_hook_at_work() {
    let told = Arc::new(AtomicU64::new(0));
    let busy = Arc::new(AtomicBool::new(false));
    let executor = Executor::builder().on_outcome({
        let (told, busy) = (Arc::clone(&told), Arc::clone(&busy));
        move |_| {
            busy.store(true, Ordering::SeqCst);
            // Long enough for a drain that does not wait for it to be over.
            (0..50).for_each(|_| std::thread::yield_now());
            told.fetch_add(1, Ordering::SeqCst);
            busy.store(false, Ordering::SeqCst);
        }
    });
    let executor = executor.build();
    runtime().block_on(async {
        for round in 1..=300 {
            let task = respond(&executor, || follow_response(|| ()));
            until(|| executor.stats().completed == round).await;
            assert!(executor.drain(LONG).await.is_complete());
            assert!(task.is_finished());
            assert!(!busy.load(Ordering::SeqCst));
            assert_eq!(told.load(Ordering::SeqCst), round);
        }
    });
}

#[cfg(feature = "tracing")]
#[test]
fn what_a_drain_leaves_is_in_the_log() {
    crate::log::start();
    runtime().block_on(async {
        let (executor, gate) = (Executor::new(), Gate::default());
        let held = gate.clone();
        respond(&executor, || {
            let task = Task::new(move || held.wait()).name("left_by_a_drain");
            task.follow_response()
        });
        executor.drain(SHORT).await;
        gate.open();
        drained(&executor).await;
    });
    let lines = crate::log::about("left_by_a_drain");
    assert!(
        lines[0].contains("WARN") && lines[0].contains("line="),
        "{lines:?}"
    );
    assert!(lines[0].contains("age="), "{lines:?}");
}

#[cfg(feature = "tracing")]
#[test]
fn how_many_tasks_a_drain_leaves_to_their_responses_is_in_the_log() {
    crate::log::start();
    let executor = Executor::new();
    let scope = ResponseScope::new().executor(executor.clone());
    let handler = async { (0..1_234).for_each(|_| _ = follow_response(|| ())) };
    let ((), pending) = now(scope.run(handler));
    runtime().block_on(executor.drain(Duration::ZERO));
    let lines = crate::log::with("tasks=1234");
    assert_eq!(lines.len(), 1, "{lines:?}");
    // That more are left than are named says a line with other words.
    assert!(
        lines[0].contains("tasks still waited for their response"),
        "{lines:?}"
    );
    drop(pending);
}
