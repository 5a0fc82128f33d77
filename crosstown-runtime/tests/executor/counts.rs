//! Counts that add up at every instant.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crosstown_runtime::{
    NoGo, Outcome, ResponseScope, Skip, Stats, Task, TaskOutput, WithoutResponse, follow_response,
};
use http::StatusCode;

use crate::support::{
    assert_adds_up, drained, limited, now, outcome, respond, respond_with, runtime,
};

/// Every way to end that a response can bring about.
fn one_of_each(executor: &crosstown_runtime::Executor) {
    respond(executor, || {
        follow_response(|| ());
        follow_response(|| Err("counted"));
        follow_response(|| ()).cancel();
        Task::future(async { tokio::task::yield_now().await }).follow_response();
        Task::new(|| ()).when(|_| false).follow_response();
        Task::new(|| ()).same_thread(true).follow_response();
    });
    respond_with(executor, StatusCode::CONFLICT, || {
        follow_response(|| ());
        Task::new(|| ()).no_go(NoGo::NONE).follow_response();
    });
    let scope = ResponseScope::new().executor(executor.clone());
    let (_, pending) = now(scope.run(async { follow_response(|| ()) }));
    drop(pending);
}

/// Nothing that only grows has shrunk.
fn assert_grown(before: &Stats, after: &Stats) {
    let grows = |stats: &Stats| {
        [
            stats.registered,
            stats.completed,
            stats.failed,
            stats.panicked,
            stats.cancelled,
            stats.skipped.total(),
            stats.registered - stats.pending,
        ]
    };
    for (before, after) in grows(before).into_iter().zip(grows(after)) {
        assert!(before <= after);
    }
}

/// Says so when the writers are done, also when one of them has panicked.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn four_readers_always_see_counts_that_add_up() {
    const ROUNDS: u64 = 2_000;
    let (executor, runtime) = (limited(4), runtime());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut before = executor.stats();
                while !over.load(Ordering::Relaxed) {
                    let stats = executor.stats();
                    assert_adds_up(&stats);
                    assert_grown(&before, &stats);
                    before = stats;
                }
            });
        }
        let _over = Over(&over);
        let writers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let _in = runtime.enter();
                    (0..ROUNDS).for_each(|_| one_of_each(&executor));
                })
            })
            .collect();
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
        runtime.block_on(drained(&executor));
    });
    let stats = executor.stats();
    let rounds = 2 * ROUNDS;
    assert_eq!(stats.registered, 9 * rounds);
    assert_eq!(stats.completed, 4 * rounds);
    assert_eq!((stats.failed, stats.cancelled), (rounds, rounds));
    assert_eq!(stats.skipped.when, rounds);
    assert_eq!(stats.skipped.no_go, rounds);
    assert_eq!(stats.skipped.no_response, rounds);
}

#[test]
fn who_has_seen_an_outcome_finds_it_in_the_counts() {
    let executor = limited(2);
    runtime().block_on(async {
        for round in 1..=500 {
            let task = respond(&executor, || follow_response(|| ()));
            task.outcome().await;
            assert_eq!(executor.stats().completed, round);
        }
    });
}

#[test]
fn a_task_is_counted_as_running_while_it_runs() {
    let executor = limited(2);
    runtime().block_on(async {
        let seen = executor.clone();
        respond(&executor, || {
            let body = move || {
                let stats = seen.stats();
                assert_eq!((stats.running, stats.pending), (1, 0));
            };
            Task::new(body).follow_response()
        });
        assert_eq!(drained(&executor).await.completed, 1);
    });
}

#[test]
fn what_is_registered_where_no_response_is_in_progress_is_counted_with_its_task() {
    let executor = limited(2);
    runtime().block_on(async {
        respond(&executor, || {
            follow_response(|| {
                follow_response(|| ());
                let task = Task::new(|| ()).without_response(WithoutResponse::Skip);
                task.follow_response();
            })
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.skipped.without_response), (2, 1));
    });
}

/// An output that says what became of its task.
struct Says(Outcome);

impl TaskOutput for Says {
    fn into_outcome(self) -> Outcome {
        self.0
    }
}

#[test]
fn a_body_that_says_it_did_not_end_has_failed_and_the_counts_add_up() {
    let executor = limited(2);
    let untrue = [
        Outcome::Skipped(Skip::When),
        Outcome::Cancelled,
        Outcome::TimedOut,
        Outcome::Abandoned,
    ];
    runtime().block_on(async {
        for said in &untrue {
            let says = || Says(said.clone());
            let (here, closure, future) = (says(), says(), says());
            let tasks = respond(&executor, || {
                let here = Task::new(|| here).same_thread(true).follow_response();
                let future = Task::future(async { future });
                [here, follow_response(|| closure), future.follow_response()]
            });
            drained(&executor).await;
            for task in &tasks {
                let Outcome::Failed(failure) = outcome(task) else {
                    panic!("{task:?}");
                };
                assert!(
                    failure.message().contains(&format!("{said:?}")),
                    "{failure}"
                );
            }
        }
        respond(&executor, || follow_response(|| Says(Outcome::Completed)));
        let stats = drained(&executor).await;
        assert_eq!((stats.failed, stats.completed), (12, 1));
        assert_eq!(stats.unfinished(), 0);
    });
}
