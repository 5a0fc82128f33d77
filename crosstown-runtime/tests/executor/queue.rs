//! What happens when the queue is full.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use crosstown_runtime::{Executor, Outcome, Registration, Skip, Task, WhenFull};
use tokio::sync::Semaphore;

use crate::support::{Gate, drained, outcome, places, respond, runtime, until};

fn bounded(queue: usize, when_full: WhenFull) -> Executor {
    let builder = Executor::builder().max_blocking(places(1));
    let builder = builder.max_async(places(1));
    builder.queue_limit(queue, when_full).build()
}

/// One that takes the place and `waiting` closures behind it.
fn fill(executor: &Executor, waiting: usize) -> (Gate, Vec<Registration>) {
    let gate = Gate::default();
    let tasks = respond(executor, || {
        let task = || {
            let gate = gate.clone();
            Task::new(move || gate.wait()).follow_response()
        };
        (0..=waiting).map(|_| task()).collect()
    });
    (gate, tasks)
}

#[test]
fn by_default_a_task_that_finds_the_queue_full_waits() {
    runtime().block_on(async {
        let executor = bounded(2, WhenFull::Wait);
        let (gate, _) = fill(&executor, 2);
        let late = respond(&executor, || Task::new(|| ()).follow_response());
        assert!(!late.is_finished());
        gate.open();
        assert_eq!(drained(&executor).await.completed, 4);
    });
}

#[test]
fn reject_ends_what_finds_no_room_and_nothing_else() {
    runtime().block_on(async {
        let executor = bounded(2, WhenFull::Reject);
        let (gate, tasks) = fill(&executor, 4);
        let rejected = Outcome::Skipped(Skip::QueueFull);
        let ended = tasks.iter().filter(|task| task.is_finished());
        assert_eq!(
            ended.map(outcome).collect::<Vec<_>>(),
            [rejected.clone(), rejected]
        );
        assert!(
            tasks[3].is_finished() && tasks[4].is_finished(),
            "the last ones"
        );
        gate.open();
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.skipped.queue_full), (3, 2));
    });
}

#[test]
fn room_is_had_again_when_the_queue_has_moved_on() {
    runtime().block_on(async {
        let executor = bounded(1, WhenFull::Reject);
        let (gate, _) = fill(&executor, 1);
        gate.open();
        drained(&executor).await;
        respond(&executor, || Task::new(|| ()).follow_response());
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.skipped.queue_full), (3, 0));
    });
}

#[test]
fn run_inline_runs_a_closure_on_the_thread_of_the_response() {
    runtime().block_on(async {
        let executor = bounded(0, WhenFull::RunInline);
        let (gate, _) = fill(&executor, 0);
        let here = thread::current().id();
        let task = respond(&executor, || {
            Task::new(move || assert_eq!(thread::current().id(), here)).follow_response()
        });
        assert_eq!(outcome(&task), Outcome::Completed);
        gate.open();
        drained(&executor).await;
    });
}

#[test]
fn run_inline_polls_a_future_beyond_the_limit_and_a_drain_can_name_it() {
    runtime().block_on(async {
        let executor = bounded(0, WhenFull::RunInline);
        let pass = Arc::new(Semaphore::new(0));
        let begun = Arc::new(AtomicUsize::new(0));
        respond(&executor, || {
            for _ in 0..5 {
                let (pass, begun) = (Arc::clone(&pass), Arc::clone(&begun));
                Task::future(async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    pass.acquire().await.unwrap().forget();
                })
                .name("beyond_the_limit")
                .follow_response();
            }
        });
        until(|| begun.load(Ordering::SeqCst) == 5).await;
        let left = executor.drain(std::time::Duration::ZERO).await;
        assert_eq!(left.unfinished().len(), 5);
        pass.add_permits(5);
        drained(&executor).await;
    });
}

#[test]
fn responses_that_end_together_never_fill_the_queue_beyond_its_bound() {
    const BOUND: usize = 8;
    let runtime = runtime();
    for _ in 0..50 {
        let executor = bounded(BOUND, WhenFull::Reject);
        let gate = {
            let _in = runtime.enter();
            fill(&executor, 0).0
        };
        let together = Barrier::new(4);
        let rejected: usize = thread::scope(|scope| {
            let responses = (0..4).map(|_| {
                scope.spawn(|| {
                    let _in = runtime.enter();
                    let tasks = respond(&executor, || {
                        let tasks = (0..BOUND).map(|_| Task::new(|| ()).follow_response());
                        let tasks: Vec<_> = tasks.collect();
                        together.wait();
                        tasks
                    });
                    tasks.iter().filter(|task| task.is_finished()).count()
                })
            });
            let responses: Vec<_> = responses.collect();
            responses
                .into_iter()
                .map(|response| response.join().unwrap())
                .sum()
        });
        assert_eq!(rejected, 3 * BOUND);
        gate.open();
        runtime.block_on(drained(&executor));
    }
}

#[test]
fn a_cancelled_task_that_is_rejected_stays_cancelled() {
    runtime().block_on(async {
        let executor = bounded(0, WhenFull::Reject);
        let (gate, _) = fill(&executor, 0);
        let task = respond(&executor, || {
            let task = Task::new(|| ()).follow_response();
            assert!(task.cancel());
            task
        });
        assert_eq!(outcome(&task), Outcome::Cancelled);
        gate.open();
        assert_eq!(drained(&executor).await.skipped.queue_full, 0);
    });
}

#[cfg(feature = "tracing")]
#[test]
fn what_is_rejected_is_in_the_log() {
    crate::log::start();
    runtime().block_on(async {
        let builder = Executor::builder().max_async(places(1));
        let executor = builder.queue_limit(0, WhenFull::Reject).build();
        respond(&executor, || {
            for name in ["finds_a_place", "is_rejected"] {
                Task::future(async {}).name(name).follow_response();
            }
        });
        drained(&executor).await;
    });
    let lines = crate::log::about("is_rejected");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("WARN") && lines[0].contains("the queue is full"));
    assert!(crate::log::about("finds_a_place").is_empty());
}
