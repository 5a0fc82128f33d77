//! No runtime, small ones, and several at once.

use std::thread;
use std::time::Duration;

use crosstown_runtime::{Executor, Outcome, Registration, ResponseScope, Task, follow_response};
use http::StatusCode;
use tokio::runtime::Handle;

use crate::support::{
    Gate, block_on, block_until, drained, limited, now, one_thread, outcome, polled, respond,
    runtime, within_reason,
};

#[test]
fn without_any_runtime_tasks_run_on_the_fallback() {
    let executor = Executor::new();
    let here = thread::current().id();
    let (closure, future) = respond(&executor, || {
        let closure = follow_response(move || assert_ne!(thread::current().id(), here));
        let future = Task::future(async { tokio::task::yield_now().await });
        (closure, future.follow_response())
    });
    assert_eq!(block_on(closure.outcome()), Outcome::Completed);
    assert_eq!(block_on(future.outcome()), Outcome::Completed);
    block_on(drained(&executor));
}

#[test]
fn without_any_runtime_tasks_that_are_alike_run_on_the_fallback() {
    let executor = Executor::new();
    let here = thread::current().id();
    for number in [1, 3] {
        let closures = respond(&executor, || {
            let elsewhere = move || assert_ne!(thread::current().id(), here);
            (0..number).map(|_| follow_response(elsewhere)).collect()
        });
        let futures = respond(&executor, || {
            let elsewhere = || async move { assert_ne!(thread::current().id(), here) };
            let tasks = (0..number).map(|_| Task::future(elsewhere()).follow_response());
            tasks.collect()
        });
        let tasks: [Vec<Registration>; 2] = [closures, futures];
        for task in tasks.iter().flatten() {
            assert_eq!(block_on(task.outcome()), Outcome::Completed);
        }
    }
    block_on(drained(&executor));
}

#[test]
fn the_fallback_has_timers() {
    let executor = Executor::new();
    let task = respond(&executor, || {
        let task = Task::future(std::future::pending::<()>());
        task.timeout(Duration::from_millis(1)).follow_response()
    });
    assert_eq!(block_on(task.outcome()), Outcome::TimedOut);
}

#[test]
fn a_runtime_of_one_thread_runs_closures_while_its_thread_is_held() {
    let executor = limited(4);
    one_thread().block_on(async {
        let task = respond(&executor, || follow_response(|| ()));
        // Nothing else is polled meanwhile.
        block_until(|| polled(task.outcome()).is_ready());
        assert_eq!(outcome(&task), Outcome::Completed);
    });
}

#[test]
fn a_runtime_of_one_thread_polls_futures_when_its_thread_is_free() {
    let executor = limited(4);
    one_thread().block_on(async {
        let here = thread::current().id();
        let task = respond(&executor, || {
            let body = async move { assert_eq!(thread::current().id(), here) };
            Task::future(body).follow_response()
        });
        assert!(!task.is_finished());
        drained(&executor).await;
        assert_eq!(outcome(&task), Outcome::Completed);
    });
}

#[test]
fn the_tasks_of_each_response_run_on_the_runtime_that_served_it() {
    let executor = limited(2);
    let runtimes: Vec<_> = (0..3).map(|_| runtime()).collect();
    for _ in 0..20 {
        for runtime in &runtimes {
            let _in = runtime.enter();
            let id = Handle::current().id();
            respond(&executor, || {
                follow_response(move || assert_eq!(Handle::current().id(), id));
                let body = async move { assert_eq!(Handle::current().id(), id) };
                Task::future(body).follow_response();
            });
        }
    }
    assert_eq!(block_on(drained(&executor)).completed, 120);
}

/// The response ends outside of any runtime, as by a destructor.
#[test]
fn what_a_task_registers_runs_on_the_runtime_of_its_response() {
    let (executor, runtime) = (Executor::new(), runtime());
    let id = runtime.handle().id();
    let register = move || {
        Task::future(async move { assert_eq!(Handle::current().id(), id) }).follow_response();
    };
    let pending = {
        let _in = runtime.enter();
        let scope = ResponseScope::new().executor(executor.clone());
        let handler = async {
            Task::new(register).same_thread(true).follow_response();
            follow_response(register);
            Task::future(async move { register() }).follow_response();
            let gated = Task::new(register).same_thread(true);
            gated.also(async {}).follow_response();
        };
        now(scope.run(handler)).1
    };
    pending.respond(StatusCode::OK).sent();
    assert_eq!(block_on(drained(&executor)).completed, 8);
}

#[test]
fn a_scope_whose_handle_is_made_outside_follows_the_runtime_that_serves_the_request() {
    let (executor, runtime) = (Executor::new(), runtime());
    let id = runtime.handle().id();
    let scope = ResponseScope::new().executor(executor.clone());
    let scope = scope.time_limit(Duration::from_millis(1));
    let handle = scope.handle();
    runtime.block_on(async {
        let register = || {
            let runs_there = move || assert_eq!(Handle::current().id(), id);
            let closure = follow_response(runs_there);
            let future = Task::future(async move { runs_there() });
            (closure, future.follow_response())
        };
        let ((closure, future), pending) = scope.run(async { register() }).await;
        let in_flight = pending.respond(StatusCode::OK);
        // The time limit is over.
        assert_eq!(within_reason(closure.outcome()).await, Outcome::Completed);
        assert_eq!(within_reason(future.outcome()).await, Outcome::Completed);
        in_flight.sent();
        handle.enter(register);
        assert_eq!(drained(&executor).await.completed, 4);
    });
}

#[test]
fn a_runtime_whose_places_are_taken_does_not_hold_another_up() {
    let (executor, gate) = (limited(1), Gate::default());
    let (busy, idle) = (runtime(), runtime());
    let held = gate.clone();
    {
        let _in = busy.enter();
        respond(&executor, || follow_response(move || held.wait()));
    }
    let task = {
        let _in = idle.enter();
        respond(&executor, || follow_response(|| ()))
    };
    assert_eq!(block_on(task.outcome()), Outcome::Completed);
    gate.open();
    block_on(drained(&executor));
}

#[test]
fn a_drain_names_what_is_left_on_every_runtime() {
    let (executor, gate) = (limited(1), Gate::default());
    let runtimes: Vec<_> = (0..3).map(|_| one_thread()).collect();
    for runtime in &runtimes {
        let (held, _in) = (gate.clone(), runtime.enter());
        respond(&executor, || follow_response(move || held.wait()));
    }
    let left = block_on(executor.drain(Duration::ZERO));
    assert_eq!(left.unfinished().len(), 3);
    gate.open();
    block_on(drained(&executor));
}

#[test]
fn a_runtime_that_is_gone_takes_no_other_with_it() {
    let executor = limited(2);
    for _ in 0..10 {
        let runtime = runtime();
        let _in = runtime.enter();
        respond(&executor, || follow_response(|| ()));
        let body = std::future::pending::<()>();
        respond(&executor, || Task::future(body).follow_response());
        drop(_in);
        drop(runtime);
        assert_eq!(executor.stats().unfinished(), 0);
    }
}
