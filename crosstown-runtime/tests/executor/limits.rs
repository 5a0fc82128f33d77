//! How many tasks run at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crosstown_runtime::{Executor, Task};
use tokio::sync::Semaphore;

use crate::support::{Gate, block_until, drained, limited, panics, respond, runtime, until};

/// How many are at work, and how many ever were.
#[derive(Default)]
struct AtWork {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl AtWork {
    fn begin(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
    }

    fn end(&self) {
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn no_more_closures_run_at_once_than_the_limit() {
    let (executor, at_work) = (limited(3), Arc::new(AtWork::default()));
    let gate = Gate::default();
    runtime().block_on(async {
        for _ in 0..4 {
            respond(&executor, || {
                for _ in 0..50 {
                    let (at_work, gate) = (Arc::clone(&at_work), gate.clone());
                    Task::new(move || {
                        at_work.begin();
                        gate.wait();
                        std::thread::yield_now();
                        at_work.end();
                    })
                    .follow_response();
                }
            });
        }
        // As many as the limit come first, and then the others in their places.
        until(|| at_work.now.load(Ordering::SeqCst) == 3).await;
        gate.open();
        assert_eq!(drained(&executor).await.completed, 200);
    });
    assert_eq!(at_work.most.load(Ordering::SeqCst), 3);
}

#[test]
fn exactly_as_many_futures_are_polled_at_once_as_the_limit() {
    let (executor, at_work) = (limited(3), Arc::new(AtWork::default()));
    let pass = Arc::new(Semaphore::new(0));
    runtime().block_on(async {
        respond(&executor, || {
            for _ in 0..50 {
                let (at_work, pass) = (Arc::clone(&at_work), Arc::clone(&pass));
                Task::future(async move {
                    at_work.begin();
                    pass.acquire().await.unwrap().forget();
                    at_work.end();
                })
                .follow_response();
            }
        });
        until(|| at_work.now.load(Ordering::SeqCst) == 3).await;
        let stats = executor.stats();
        assert_eq!((stats.running, stats.pending), (3, 47));
        pass.add_permits(50);
        assert_eq!(drained(&executor).await.completed, 50);
    });
    assert_eq!(at_work.most.load(Ordering::SeqCst), 3);
}

/// Each keeps its thread until all have begun; they come with as many responses
/// as `responses` says.
fn all_begin(responses: &[usize]) {
    let executor = Executor::new();
    let all: usize = responses.iter().sum();
    let begun = Arc::new(AtomicUsize::new(0));
    runtime().block_on(async {
        let mut expected = 0;
        for tasks in responses {
            respond(&executor, || {
                for _ in 0..*tasks {
                    let begun = Arc::clone(&begun);
                    let body = move || {
                        begun.fetch_add(1, Ordering::SeqCst);
                        block_until(|| begun.load(Ordering::SeqCst) == all);
                    };
                    Task::new(body).follow_response();
                }
            });
            // The threads that were called have come, and find no more.
            expected += tasks;
            until(|| begun.load(Ordering::SeqCst) == expected).await;
        }
        assert_eq!(drained(&executor).await.completed, all as u64);
    });
}

#[test]
fn a_closure_that_keeps_its_thread_holds_up_no_other() {
    all_begin(&[20]);
    all_begin(&[1; 20]);
    all_begin(&[1, 10, 1, 10]);
}

#[test]
fn what_the_app_has_on_its_pool_has_its_turn_among_many_closures() {
    // Each takes a turn of its thread.
    const TASKS: usize = 100;
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().max_blocking_threads(1).build();
    let runtime = runtime.unwrap();
    let (executor, ran) = (Executor::new(), Arc::new(AtomicUsize::new(0)));
    let (tells, told) = std::sync::mpsc::channel();
    runtime.block_on(async {
        respond(&executor, || {
            for _ in 0..TASKS {
                let (ran, tells) = (Arc::clone(&ran), tells.clone());
                let body = move || {
                    std::thread::sleep(Duration::from_millis(3));
                    if ran.fetch_add(1, Ordering::SeqCst) == TASKS / 2 {
                        let app = move || tells.send(ran.load(Ordering::SeqCst));
                        drop(tokio::task::spawn_blocking(app));
                    }
                };
                Task::new(body).follow_response();
            }
        });
        assert_eq!(drained(&executor).await.completed, TASKS as u64);
    });
    let before = told.recv().unwrap() - TASKS / 2 - 1;
    // As many as may stand before it for a thread.
    assert!(before <= 16, "{before} closures ran before it");
}

#[test]
fn a_full_house_of_closures_does_not_hold_futures_up() {
    let (executor, gate) = (limited(1), Gate::default());
    runtime().block_on(async {
        let task = respond(&executor, || {
            let gate = gate.clone();
            Task::new(move || gate.wait()).follow_response();
            Task::future(async {}).follow_response()
        });
        crate::support::within_reason(task.outcome()).await;
        gate.open();
        drained(&executor).await;
    });
}

#[test]
fn places_are_given_back_by_tasks_that_panic_fail_or_are_cancelled() {
    let executor = limited(1);
    runtime().block_on(async {
        respond(&executor, || {
            for _ in 0..5 {
                Task::new(|| panics("a place given back")).follow_response();
                Task::new(|| Err("a place given back")).follow_response();
                Task::new(|| ()).follow_response().cancel();
                Task::future(async { panics("a place given back") }).follow_response();
                Task::future(async { Err("a place given back") }).follow_response();
                Task::future(async {}).follow_response().cancel();
            }
            Task::new(|| ()).follow_response();
            Task::future(async {}).follow_response();
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.panicked, stats.failed), (10, 10));
        assert_eq!((stats.cancelled, stats.completed), (10, 2));
    });
}

#[test]
fn limits_hold_for_each_executor_apart() {
    let (one, two) = (limited(1), Executor::new());
    let gate = Gate::default();
    runtime().block_on(async {
        let held = gate.clone();
        respond(&one, || Task::new(move || held.wait()).follow_response());
        let task = respond(&two, || Task::new(|| ()).follow_response());
        crate::support::within_reason(task.outcome()).await;
        gate.open();
        drained(&one).await;
    });
}
