//! Registering, cancelling and replacing, against what becomes of the response.

use crosstown_runtime::model::Runtime;
use crosstown_runtime::{Abort, NoResponse, OnAbort, Outcome, Phase, Skip};
use http::StatusCode;
use shuttle::thread;

use super::{Runs, explore, handled, narrow, outcome, settle};

#[test]
fn tasks_registered_while_the_response_is_sent_run_once() {
    explore(|| {
        let (runtime, executor, runs) = (Runtime::new(), narrow(), Runs::default());
        let (handle, pending) = handled(&runtime, &executor, || {
            runs.closure().follow_response();
            runs.future().phase(Phase::Head).follow_response();
        });
        let registering = {
            let runs = runs.clone();
            thread::spawn(move || {
                handle.enter(|| {
                    runs.closure().phase(Phase::Head).follow_response();
                    runs.future().follow_response();
                })
            })
        };
        drop(pending.respond(StatusCode::OK).sent());
        registering.join().unwrap();
        assert_eq!(settle(&executor, &runs, 4).completed, 4);
    });
}

#[test]
fn tasks_registered_while_the_response_breaks_are_judged_by_their_rules() {
    explore(|| {
        let (runtime, executor, runs) = (Runtime::new(), narrow(), Runs::default());
        let (handle, pending) = handled(&runtime, &executor, || {
            runs.closure().on_abort(OnAbort::Skip).follow_response();
        });
        let registering = {
            let runs = runs.clone();
            thread::spawn(move || {
                handle.enter(|| {
                    runs.closure().on_abort(OnAbort::Skip).follow_response();
                    runs.future().on_abort(OnAbort::Run).follow_response();
                })
            })
        };
        pending.respond(StatusCode::OK).abort(Abort::Client);
        registering.join().unwrap();
        let stats = settle(&executor, &runs, 3);
        assert_eq!((stats.completed, stats.skipped.aborted), (1, 2));
    });
}

#[test]
fn tasks_registered_while_the_handler_is_dropped_are_judged_by_their_rules() {
    explore(|| {
        let (runtime, executor, runs) = (Runtime::new(), narrow(), Runs::default());
        let (handle, pending) = handled(&runtime, &executor, || {});
        let registering = {
            let runs = runs.clone();
            thread::spawn(move || {
                handle.enter(|| {
                    runs.closure().follow_response();
                    runs.future().no_response(NoResponse::Run).follow_response();
                })
            })
        };
        drop(pending);
        registering.join().unwrap();
        let stats = settle(&executor, &runs, 2);
        assert_eq!((stats.completed, stats.skipped.no_response), (1, 1));
    });
}

#[test]
fn of_two_cancels_and_a_start_exactly_one_wins() {
    explore(|| {
        let (runtime, executor, runs) = (Runtime::new(), narrow(), Runs::default());
        let mut tasks = Vec::new();
        let (_, pending) = handled(&runtime, &executor, || {
            tasks.push(runs.closure().follow_response());
            tasks.push(runs.future().follow_response());
        });
        let tasks = std::sync::Arc::new(tasks);
        let cancelling: Vec<_> = (0..2)
            .map(|_| {
                let tasks = std::sync::Arc::clone(&tasks);
                thread::spawn(move || tasks.iter().filter(|task| task.cancel()).count())
            })
            .collect();
        drop(pending.respond(StatusCode::OK).sent());
        let cancelled = cancelling.into_iter().map(|thread| thread.join().unwrap());
        let cancelled: usize = cancelled.sum();
        assert_eq!(settle(&executor, &runs, 2).cancelled, cancelled as u64);
    });
}

#[test]
fn of_the_tasks_of_one_key_the_last_runs_and_the_others_run_or_are_replaced() {
    explore(|| {
        let (runtime, executor, runs) = (Runtime::new(), narrow(), Runs::default());
        let (handle, pending) = handled(&runtime, &executor, || {
            runs.closure().key("one").follow_response();
        });
        let registering: Vec<_> = (0..2)
            .map(|_| {
                let (handle, runs) = (handle.clone(), runs.clone());
                thread::spawn(move || handle.enter(|| runs.closure().key("one").follow_response()))
            })
            .collect();
        drop(pending.respond(StatusCode::OK).sent());
        let registering = registering.into_iter().map(|thread| thread.join().unwrap());
        let tasks: Vec<_> = registering.collect();
        let stats = settle(&executor, &runs, 3);
        assert!(stats.completed >= 1);
        assert_eq!(stats.completed + stats.skipped.replaced, 3);
        // One of the two came last, and nothing came after it.
        let last = tasks
            .iter()
            .filter(|task| outcome(task) == Outcome::Completed);
        assert!(last.count() >= 1);
    });
}

#[test]
fn a_task_at_its_gate_starts_is_cancelled_or_ends_with_its_runtime_once() {
    explore(|| {
        let (runtime, executor, runs) = (Runtime::new(), narrow(), Runs::default());
        let (opens, also) = tokio::sync::oneshot::channel::<()>();
        let mut task = None;
        let (_, pending) = handled(&runtime, &executor, || {
            task = Some(runs.closure().also(also).follow_response());
        });
        let task = std::sync::Arc::new(task.unwrap());
        let cancelling = {
            let task = std::sync::Arc::clone(&task);
            thread::spawn(move || task.cancel())
        };
        let opening = thread::spawn(move || _ = opens.send(()));
        let sending = thread::spawn(move || drop(pending.respond(StatusCode::OK).sent()));
        runtime.shut_down();
        opening.join().unwrap();
        sending.join().unwrap();
        let cancelled = cancelling.join().unwrap();
        settle(&executor, &runs, 1);
        match outcome(&task) {
            Outcome::Cancelled => assert!(cancelled),
            other => {
                assert!(!cancelled);
                let lost = Outcome::Skipped(Skip::ShutDown);
                assert!(other == Outcome::Completed || other == lost);
            }
        }
    });
}
