//! Responses, readers, drains and the end of the runtime, against each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crosstown_runtime::model::Runtime;
use crosstown_runtime::{Executor, WhenFull};
use http::StatusCode;
use shuttle::future::block_on;
use shuttle::thread::{self, JoinHandle};

use super::{Runs, explore, handled, narrow, one_place, settle};

/// Sends a response with closures and futures behind it, on a thread of its
/// own.
fn respond(runtime: &Arc<Runtime>, executor: &Executor, runs: &Runs) -> JoinHandle<()> {
    let (runtime, executor, runs) = (Arc::clone(runtime), executor.clone(), runs.clone());
    thread::spawn(move || {
        let (_, pending) = handled(&runtime, &executor, || {
            runs.closure().follow_response();
            runs.future().follow_response();
            runs.closure().follow_response();
        });
        drop(pending.respond(StatusCode::OK).sent());
    })
}

/// Sends two responses against each other and against `meanwhile`.
fn two_responses(
    runtime: &Arc<Runtime>,
    executor: &Executor,
    runs: &Runs,
    meanwhile: impl FnOnce(),
) {
    let responses = [(); 2].map(|()| respond(runtime, executor, runs));
    meanwhile();
    for response in responses {
        response.join().unwrap();
    }
}

#[test]
fn with_one_place_for_each_kind_every_task_of_two_responses_runs() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = narrow();
        two_responses(&runtime, &executor, &runs, || {});
        assert_eq!(settle(&executor, &runs, 6).completed, 6);
    });
}

#[test]
fn when_the_runtime_ends_every_task_has_one_outcome() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = narrow();
        two_responses(&runtime, &executor, &runs, || runtime.shut_down());
        settle(&executor, &runs, 6);
    });
}

#[test]
fn a_queue_with_a_bound_holds_no_more_and_what_it_rejects_is_counted() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = one_place().queue_limit(1, WhenFull::Reject).build();
        two_responses(&runtime, &executor, &runs, || {});
        let stats = settle(&executor, &runs, 6);
        assert_eq!(stats.completed + stats.skipped.queue_full, 6);
        // Two closures of each response found a place or room at first.
        assert!(stats.completed >= 3);
    });
}

#[test]
fn what_runs_inline_when_the_queue_is_full_runs_once() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = one_place().queue_limit(0, WhenFull::RunInline).build();
        two_responses(&runtime, &executor, &runs, || {});
        assert_eq!(settle(&executor, &runs, 6).completed, 6);
    });
}

#[test]
fn a_reader_always_sees_counts_that_add_up() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = narrow();
        let reading = {
            let executor = executor.clone();
            thread::spawn(move || {
                for _ in 0..3 {
                    let stats = executor.stats();
                    let ended = stats.completed + stats.skipped.total();
                    let sum = ended + stats.pending + stats.running;
                    assert_eq!(stats.registered, sum, "{stats:?}");
                }
            })
        };
        two_responses(&runtime, &executor, &runs, || {});
        reading.join().unwrap();
        settle(&executor, &runs, 6);
    });
}

#[test]
fn what_is_counted_has_its_outcome_and_what_gives_its_outcome_is_counted() {
    explore(|| {
        let (runtime, runs, executor) = (Runtime::new(), Runs::default(), narrow());
        let mut tasks = Vec::new();
        let (_, pending) = handled(&runtime, &executor, || {
            tasks.push(runs.closure().follow_response());
            tasks.push(runs.future().follow_response());
        });
        let tasks = Arc::new(tasks);
        let looking = {
            let (executor, tasks) = (executor.clone(), Arc::clone(&tasks));
            thread::spawn(move || {
                for _ in 0..4 {
                    let counted = executor.stats().completed;
                    let finished = tasks.iter().filter(|task| task.is_finished());
                    assert!(finished.count() as u64 >= counted);
                }
            })
        };
        drop(pending.respond(StatusCode::OK).sent());
        for task in &*tasks {
            block_on(task.outcome());
        }
        assert_eq!(executor.stats().completed, 2);
        looking.join().unwrap();
        settle(&executor, &runs, 2);
    });
}

#[test]
fn a_drain_that_is_complete_leaves_no_hook_behind() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let told = Arc::new(AtomicU64::new(0));
        let executor = Executor::builder().on_outcome({
            let told = Arc::clone(&told);
            move |_| {
                thread::yield_now();
                told.fetch_add(1, Ordering::SeqCst);
            }
        });
        let executor = executor.build();
        let response = respond(&runtime, &executor, &runs);
        let drained = block_on(executor.drain(Duration::MAX));
        assert!(drained.is_complete());
        // As many as there were when the drain was over; it may have been over
        // before the response began.
        assert!(told.load(Ordering::SeqCst) >= drained.stats().completed);
        response.join().unwrap();
        settle(&executor, &runs, 3);
        assert_eq!(told.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn two_drains_at_once_are_both_woken() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = narrow();
        let response = respond(&runtime, &executor, &runs);
        let drains = [(); 2].map(|()| {
            let executor = executor.clone();
            thread::spawn(move || block_on(executor.drain(Duration::MAX)))
        });
        for drain in drains {
            assert!(drain.join().unwrap().is_complete());
        }
        response.join().unwrap();
        settle(&executor, &runs, 3);
    });
}

#[test]
fn closures_for_which_there_is_no_thread_at_first_all_run() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = narrow();
        runtime.refuse(2);
        two_responses(&runtime, &executor, &runs, || {});
        assert_eq!(settle(&executor, &runs, 6).completed, 6);
    });
}

#[test]
fn when_the_runtime_ends_while_there_is_no_thread_every_task_has_one_outcome() {
    explore(|| {
        let (runtime, runs) = (Arc::new(Runtime::new()), Runs::default());
        let executor = narrow();
        runtime.refuse(2);
        two_responses(&runtime, &executor, &runs, || runtime.shut_down());
        settle(&executor, &runs, 6);
    });
}
