//! What the log is told of a handler that waits for what follows its own response.
//! A program of its own, with one test: it is told once in the life of a program.
#![cfg(feature = "tracing")]

#[path = "executor/log.rs"]
mod log;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crosstown_runtime::{
    InResponseScope, Registration, ResponseScope, ScopeHandle, Task, follow_response,
};

fn register(name: &'static str) -> Registration {
    Task::new(|| ()).name(name).follow_response()
}

/// Polls the wait for a task's outcome once.
fn wait_for(task: &Registration) -> Poll<()> {
    poll(pin!(task.outcome())).map(drop)
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn the_first_handler_that_waits_for_what_follows_its_own_response_is_warned_of() {
    log::start();

    let handler = async {
        (
            register("first"),
            ScopeHandle::current().expect("a handler"),
        )
    };
    let ((first, scope), _pending) = ResponseScope::new().run(handler).await;
    // Not in a handler, or only with its scope: its response can go on.
    assert!(wait_for(&first).is_pending());
    scope.enter(|| assert!(wait_for(&first).is_pending()));

    let handler = async {
        // In that of another response, with tasks of its own and without.
        assert!(wait_for(&first).is_pending());
        let second = register("second");
        assert!(wait_for(&first).is_pending());
        // In a task that carries the scope.
        let elsewhere = tokio::spawn(async move { second }.in_response_scope());
        let second = elsewhere.await.expect("no panic");
        let waits = async move { (wait_for(&second), second) };
        let (waits, second) = tokio::spawn(waits.in_response_scope())
            .await
            .expect("no panic");
        assert!(waits.is_pending());
        // It has ended.
        let cancelled = follow_response(|| ());
        cancelled.cancel();
        assert!(wait_for(&cancelled).is_ready());
        assert_eq!(log::with("WARN"), [""; 0]);

        assert!(wait_for(&second).is_pending());
        assert!(wait_for(&register("third")).is_pending());
    };
    let ((), _pending) = ResponseScope::new().run(handler).await;
    let (all, told) = (log::with("WARN"), log::about("second"));
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all, told);
    assert!(told[0].contains("tokio::spawn"), "{told:?}");
}
