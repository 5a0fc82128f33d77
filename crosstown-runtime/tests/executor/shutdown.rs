//! Runtimes that end with tasks on them.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use crosstown_runtime::{Executor, Outcome, Sent, Skip, Task, follow_response};
use http::StatusCode;
use tokio::sync::Notify;

use crate::support::{
    Gate, PanicsOnDrop, assert_adds_up, block_on, block_until, drained, limited, one_thread,
    outcome, polled, respond, runtime, until,
};

const LOST: Outcome = Outcome::Skipped(Skip::ShutDown);

#[test]
fn futures_that_run_are_abandoned_and_those_that_wait_are_skipped() {
    let (executor, runtime) = (limited(2), one_thread());
    let started = Arc::new(Notify::new());
    let tasks = runtime.block_on(async {
        let tasks = respond(&executor, || {
            let task = |_| {
                let started = Arc::clone(&started);
                let body = async move {
                    started.notify_one();
                    pending::<()>().await;
                };
                Task::future(body).follow_response()
            };
            (0..5).map(task).collect::<Vec<_>>()
        });
        until(|| executor.stats().running == 2).await;
        tasks
    });
    drop(runtime);
    let outcomes: Vec<_> = tasks.iter().map(outcome).collect();
    let (begun, waiting) = outcomes.split_at(2);
    assert_eq!(begun, [Outcome::Abandoned, Outcome::Abandoned]);
    assert_eq!(waiting, [LOST; 3]);
    let stats = executor.stats();
    assert_adds_up(&stats);
    assert_eq!((stats.abandoned, stats.skipped.shut_down), (2, 3));
}

#[test]
fn a_future_that_is_cut_off_is_dropped_in_the_context_of_its_task() {
    struct Looks(Arc<Mutex<Option<Sent>>>);
    impl Drop for Looks {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = Sent::current();
        }
    }
    let (executor, runtime) = (Executor::new(), one_thread());
    let seen = Arc::new(Mutex::new(None));
    runtime.block_on(async {
        let looks = Looks(Arc::clone(&seen));
        let body = async move {
            let _looks = looks;
            pending::<()>().await;
        };
        respond(&executor, || Task::future(body).follow_response());
        until(|| executor.stats().running == 1).await;
    });
    drop(runtime);
    let seen = seen.lock().unwrap().take();
    let seen = seen.expect("the destructor finds its task");
    assert_eq!(seen.status(), Some(StatusCode::OK));
}

#[test]
fn a_closure_that_runs_ends_and_the_runtime_waits_for_it() {
    let (executor, runtime) = (limited(1), runtime());
    let (gate, started) = (Gate::default(), Gate::default());
    let tasks = runtime.block_on(async {
        respond(&executor, || {
            let running = Task::new(gate.body(&started)).follow_response();
            let waiting: Vec<_> = (0..3).map(|_| follow_response(|| ())).collect();
            (running, waiting)
        })
    });
    started.wait();
    let handle = runtime.handle().clone();
    std::thread::scope(|scope| {
        scope.spawn(|| drop(runtime));
        let is_down = || matches!(polled(handle.spawn_blocking(|| ())), Poll::Ready(Err(_)));
        block_until(is_down);
        // Longer than its turn.
        std::thread::sleep(Duration::from_millis(5));
        gate.open();
    });
    assert_eq!(outcome(&tasks.0), Outcome::Completed);
    // Nobody can be called to the end of the queue: the thread that runs one goes
    // on with those behind it.
    assert!(
        tasks
            .1
            .iter()
            .all(|task| outcome(task) == Outcome::Completed)
    );
}

#[test]
fn closures_that_no_thread_has_reached_when_the_runtime_ends_have_an_outcome() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.max_blocking_threads(1).build().unwrap();
    let (executor, gate) = (Executor::new(), Gate::default());
    let held = gate.clone();
    runtime.spawn_blocking(move || held.wait());
    let tasks = runtime.block_on(async {
        respond(&executor, || {
            (0..10).map(|_| follow_response(|| ())).collect::<Vec<_>>()
        })
    });
    runtime.shutdown_background();
    gate.open();
    for task in &tasks {
        // The one thread may go on with what is in its queue, or drop it.
        let outcome = block_on(task.outcome());
        assert!(outcome == LOST || outcome == Outcome::Completed);
    }
    block_on(drained(&executor));
}

#[test]
fn what_comes_after_the_end_of_its_runtime_is_skipped() {
    let (executor, runtime) = (Executor::new(), runtime());
    let handle = runtime.handle().clone();
    drop(runtime);
    let _in = handle.enter();
    let (closure, future) = respond(&executor, || {
        let future = Task::future(async {}).follow_response();
        (follow_response(|| ()), future)
    });
    assert_eq!((outcome(&closure), outcome(&future)), (LOST, LOST));
    assert_eq!(executor.stats().unfinished(), 0);
}

#[test]
fn a_shutdown_by_a_destructor_that_panics_still_ends_every_task() {
    let (executor, runtime) = (limited(1), one_thread());
    let tasks = runtime.block_on(async {
        let tasks = respond(&executor, || {
            let task = |_| {
                let body = async {
                    let _rude = PanicsOnDrop;
                    pending::<()>().await;
                };
                Task::future(body).follow_response()
            };
            (0..3).map(task).collect::<Vec<_>>()
        });
        until(|| executor.stats().running == 1).await;
        tasks
    });
    drop(runtime);
    let outcomes: Vec<_> = tasks.iter().map(outcome).collect();
    assert_eq!(outcomes, [Outcome::Abandoned, LOST, LOST]);
}

#[test]
fn a_runtime_that_ends_under_load_loses_no_count() {
    for _ in 0..30 {
        let (executor, runtime) = (limited(4), runtime());
        let responses = (0..8).map(|n| {
            let executor = executor.clone();
            runtime.spawn(async move {
                loop {
                    respond(&executor, || {
                        for _ in 0..n {
                            follow_response(std::thread::yield_now);
                            let body = async { tokio::task::yield_now().await };
                            Task::future(body).follow_response();
                        }
                    });
                    tokio::task::yield_now().await;
                }
            })
        });
        let responses: Vec<_> = responses.collect();
        block_until(|| executor.stats().completed >= 200);
        drop(runtime);
        drop(responses);
        let stats = executor.stats();
        assert_adds_up(&stats);
        assert_eq!(stats.unfinished(), 0, "{stats:?}");
    }
}

#[cfg(feature = "tracing")]
#[test]
fn tasks_that_a_shutdown_cuts_off_are_in_the_log() {
    crate::log::start();
    let (executor, runtime) = (limited(1), one_thread());
    runtime.block_on(async {
        respond(&executor, || {
            let cut = Task::future(pending::<()>()).name("cut_off");
            cut.follow_response();
            Task::future(async {}).name("not_begun").follow_response();
        });
        until(|| executor.stats().running == 1).await;
    });
    drop(runtime);
    let (cut_off, not_begun) = (crate::log::about("cut_off"), crate::log::about("not_begun"));
    assert!(
        cut_off[0].contains("ERROR") && cut_off[0].contains("cut off"),
        "{cut_off:?}"
    );
    assert!(
        not_begun[0].contains("WARN") && not_begun[0].contains("lost"),
        "{not_begun:?}"
    );
}

#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn closures_for_which_there_was_never_a_thread_have_an_outcome() {
    #[cfg(feature = "tracing")]
    crate::log::start();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    // More than there are addresses: no thread can be made.
    builder.enable_all().thread_stack_size(1 << 60);
    let runtime = builder.build().unwrap();
    let executor = Executor::new();
    let tasks = {
        let _in = runtime.enter();
        [(); 2].map(|()| respond(&executor, || follow_response(|| ())))
    };
    assert_eq!(executor.stats().pending, 2);
    drop(runtime);
    for task in tasks {
        assert_eq!(outcome(&task), LOST);
    }
    // As long as somebody is to try again, whatever comes.
    #[cfg(feature = "tracing")]
    {
        let lines = crate::log::with("no thread to run");
        assert_eq!(lines.len(), 1, "{lines:?}");
    }
}
