//! Waiting for something besides the response.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crosstown_runtime::{
    Abort, AlsoOutput, Executor, OnAbort, Outcome, Registration, ResponseScope, Sent, Skip, Task,
    follow_response,
};
use http::StatusCode;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::support::{
    LONG, PanicsOnDrop, block_on, drained, now, one_thread, outcome, panics, respond, respond_with,
    runtime, within_reason,
};

/// A task behind a gate that has said `said`; what became of it.
async fn behind<T: AlsoOutput + Send + 'static>(said: T, on_abort: OnAbort) -> Outcome {
    let executor = Executor::new();
    let task = respond(&executor, || {
        let body = || match Sent::current().and_then(|sent| sent.aborted()) {
            None => Ok(()),
            Some(abort) => Err(format!("{abort:?}")),
        };
        let task = Task::new(body).also(async { said }).on_abort(on_abort);
        task.follow_response()
    });
    drained(&executor).await;
    outcome(&task)
}

#[test]
fn a_gate_that_says_yes_lets_the_task_start() {
    runtime().block_on(async {
        let ok = Outcome::Completed;
        assert_eq!(behind((), OnAbort::Skip).await, ok);
        assert_eq!(behind(true, OnAbort::Skip).await, ok);
        assert_eq!(behind(Ok::<_, String>(()), OnAbort::Skip).await, ok);
        assert_eq!(behind(Ok::<_, String>(true), OnAbort::Skip).await, ok);
    });
}

#[test]
fn behind_a_gate_that_says_no_the_rule_for_aborts_decides() {
    runtime().block_on(async {
        let skipped = Outcome::Skipped(Skip::Aborted);
        assert_eq!(behind(false, OnAbort::Skip).await, skipped);
        assert_eq!(behind(Err::<(), _>("no"), OnAbort::Skip).await, skipped);
        assert_eq!(behind(Ok::<_, String>(false), OnAbort::Skip).await, skipped);
        let Outcome::Failed(ran) = behind(false, OnAbort::Run).await else {
            panic!("it did not run")
        };
        assert_eq!(ran.message(), "Also");
    });
}

/// A task behind a gate that the test opens.
fn gated(executor: &Executor) -> (oneshot::Sender<()>, Registration) {
    let (opens, also) = oneshot::channel();
    let task = respond(executor, || {
        let task = Task::new(|| ()).name("gated").also(also);
        task.on_abort(OnAbort::Skip).follow_response()
    });
    (opens, task)
}

#[test]
fn a_sender_that_is_dropped_says_no() {
    runtime().block_on(async {
        let executor = Executor::new();
        let (opens, task) = gated(&executor);
        drop(opens);
        let outcome = within_reason(task.outcome()).await;
        assert_eq!(outcome, Outcome::Skipped(Skip::Aborted));
    });
}

#[test]
fn a_drain_waits_for_a_gate_and_names_the_task_behind_it() {
    runtime().block_on(async {
        let executor = Executor::new();
        let (opens, _) = gated(&executor);
        let left = executor.drain(Duration::from_millis(20)).await;
        assert_eq!(left.stats().pending, 1);
        let names: Vec<_> = left.unfinished().iter().map(|task| &*task.name).collect();
        assert_eq!(names, ["gated"]);
        assert!(!left.unfinished()[0].is_running);
        opens.send(()).unwrap();
        assert_eq!(drained(&executor).await.completed, 1);
    });
}

#[test]
fn a_task_cancelled_at_its_gate_never_runs_and_the_gate_is_dropped() {
    runtime().block_on(async {
        let executor = Executor::new();
        let (mut opens, task) = gated(&executor);
        assert!(task.cancel());
        assert!(!task.cancel());
        within_reason(opens.closed()).await;
        assert_eq!(drained(&executor).await.cancelled, 1);
    });
}

#[test]
fn a_task_at_its_gate_when_the_runtime_ends_is_skipped() {
    let (executor, runtime) = (Executor::new(), runtime());
    let (_opens, task) = runtime.block_on(async { gated(&executor) });
    drop(runtime);
    assert_eq!(outcome(&task), Outcome::Skipped(Skip::ShutDown));
    assert_eq!(executor.stats().unfinished(), 0);
}

#[test]
fn a_gate_is_not_asked_when_the_response_says_no() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond_with(&executor, StatusCode::CONFLICT, || {
            let also = async { panics("a gate that nobody should ask") };
            Task::new(|| ()).also(also).follow_response();
        });
        assert_eq!(drained(&executor).await.skipped.no_go, 1);
    });
}

#[test]
fn a_drain_names_a_task_whose_gate_nobody_has_polled_yet() {
    let (single, executor) = (one_thread(), Executor::new());
    // Nobody drives this one.
    let _in = single.enter();
    let (_opens, _task) = gated(&executor);
    let left = block_on(executor.drain(Duration::ZERO));
    let names: Vec<_> = left.unfinished().iter().map(|task| &*task.name).collect();
    assert_eq!(names, ["gated"]);
}

#[test]
fn the_time_limit_of_the_response_holds_for_the_gate() {
    runtime().block_on(async {
        let executor = Executor::new();
        let scope = ResponseScope::new().executor(executor.clone());
        let scope = scope.time_limit(Duration::from_millis(1));
        let (task, pending) = now(scope.run(async {
            let body = || {
                let aborted = Sent::current().and_then(|sent| sent.aborted());
                assert_eq!(aborted, Some(Abort::TimeLimit));
            };
            Task::new(body).also(pending::<()>()).follow_response()
        }));
        pending.respond(StatusCode::OK).sent();
        assert_eq!(within_reason(task.outcome()).await, Outcome::Completed);
    });
}

#[test]
fn the_time_limit_of_the_response_holds_for_a_gate_that_always_has_something_to_do() {
    runtime().block_on(async {
        let executor = Executor::new();
        let scope = ResponseScope::new().executor(executor.clone());
        let scope = scope.time_limit(Duration::from_millis(1));
        let (task, pending) = now(scope.run(async {
            let began = Instant::now();
            let busy = async move {
                while began.elapsed() < LONG / 10 {
                    tokio::task::consume_budget().await;
                }
            };
            let task = Task::new(|| ()).also(busy).on_abort(OnAbort::Skip);
            task.follow_response()
        }));
        pending.respond(StatusCode::OK).sent();
        let outcome = within_reason(task.outcome()).await;
        assert_eq!(outcome, Outcome::Skipped(Skip::Aborted));
    });
}

#[test]
fn a_time_limit_is_none_where_the_runtime_has_no_timers() {
    let (executor, (opens, opened)) = (Executor::new(), oneshot::channel::<()>());
    let without_timers = Builder::new_current_thread().build().unwrap();
    let task = without_timers.block_on(async {
        let scope = ResponseScope::new().executor(executor.clone());
        let scope = scope.time_limit(Duration::from_nanos(1));
        let (task, pending) = now(scope.run(async {
            let task = Task::new(|| ()).also(opened).on_abort(OnAbort::Skip);
            task.follow_response()
        }));
        pending.respond(StatusCode::OK).sent();
        // The limit has been asked for.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        assert!(!task.is_finished());
        opens.send(()).unwrap();
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        task
    });
    assert_eq!(block_on(task.outcome()), Outcome::Completed);
}

#[test]
fn of_several_gates_each_must_open_in_their_order() {
    runtime().block_on(async {
        for (said, starts) in [
            ([true, true], true),
            ([false, true], false),
            ([true, false], false),
        ] {
            let executor = Executor::new();
            let asked = Arc::new(AtomicUsize::new(0));
            let also = |of: usize| {
                let asked = Arc::clone(&asked);
                async move { asked.fetch_add(1, Ordering::Relaxed) == of && said[of] }
            };
            let task = respond(&executor, || {
                let task = Task::new(|| ()).also(also(0)).also(also(1));
                task.on_abort(OnAbort::Skip).follow_response()
            });
            drained(&executor).await;
            assert_eq!(outcome(&task) == Outcome::Completed, starts, "{said:?}");
            let all = if said[0] { 2 } else { 1 };
            assert_eq!(asked.load(Ordering::Relaxed), all, "{said:?}");
        }
    });
}

#[test]
fn a_gate_that_panics_is_the_outcome() {
    runtime().block_on(async {
        let executor = Executor::new();
        let task = respond(&executor, || {
            Task::new(|| ())
                .also(async { panics("a rude gate") })
                .follow_response()
        });
        let outcome = within_reason(task.outcome()).await;
        assert!(matches!(&outcome, Outcome::Panicked(panic) if panic.message() == "a rude gate"));
        assert_eq!(drained(&executor).await.panicked, 1);
    });
}

#[test]
fn a_gate_whose_destructor_panics_does_no_harm() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            let also = || {
                let rude = PanicsOnDrop;
                async move {
                    let _rude = rude;
                    pending::<()>().await;
                }
            };
            Task::new(|| ()).also(also()).follow_response().cancel();
            Task::new(|| ())
                .also(also())
                .on_abort(OnAbort::Skip)
                .follow_response();
        });
        respond_with(&executor, StatusCode::CONFLICT, || {
            let rude = PanicsOnDrop;
            let also = async move { drop(rude) };
            Task::new(|| ()).also(also).follow_response();
        });
        assert_eq!(executor.stats().pending, 1);
    });
}

#[test]
fn where_no_response_is_in_progress_the_gate_is_awaited_all_the_same() {
    runtime().block_on(async {
        let (opens, also) = oneshot::channel::<()>();
        let task = Task::new(|| ()).also(also).follow_response();
        assert!(!task.is_finished());
        opens.send(()).unwrap();
        assert_eq!(within_reason(task.outcome()).await, Outcome::Completed);
    });
}

/// Registers a task when it is dropped.
struct RegistersOnDrop;

impl Drop for RegistersOnDrop {
    fn drop(&mut self) {
        follow_response(|| ());
    }
}

#[test]
fn what_a_gate_registers_is_counted_with_its_task() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            let last = RegistersOnDrop;
            let also = async move {
                let _last = last;
                let before = Sent::current();
                tokio::task::yield_now().await;
                assert!(before.is_some() && Sent::current().is_some());
                follow_response(|| ());
            };
            Task::new(|| ()).also(also).follow_response();
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.registered, stats.completed), (3, 3));
    });
}
