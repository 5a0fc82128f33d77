//! What a framework says to a response, and asks of it.

use std::sync::mpsc;

use crosstown_runtime::{Executor, ResponseScope, ScopeHandle, Task, follow_response};
use http::{StatusCode, Version};

use crate::support::now;

#[test]
fn the_version_that_a_framework_says_is_what_tasks_are_told() {
    for version in [None, Some(Version::HTTP_10), Some(Version::HTTP_2)] {
        let (executor, (tell, told)) = (Executor::new(), mpsc::channel());
        let mut scope = ResponseScope::new().executor(executor.clone());
        if let Some(version) = version {
            scope = scope.version(version);
        }
        let ((), pending) = now(scope.run(async {
            let task = Task::with_sent(move |sent| tell.send(sent).expect("the test listens"));
            task.same_thread(true).follow_response();
        }));
        pending.respond(StatusCode::OK).sent();
        assert_eq!(told.try_recv().expect("it has run").version(), version);
        assert_eq!(executor.stats().completed, 1, "its executor is kept");
    }
}

#[test]
fn a_response_is_empty_only_while_nothing_can_follow_it() {
    let begun = |handler: fn() -> Option<ScopeHandle>| {
        let scope = ResponseScope::new().executor(Executor::new());
        now(scope.run(async move { handler() }))
    };
    let (_, nothing) = begun(|| None);
    assert!(nothing.is_empty());
    assert!(nothing.respond(StatusCode::OK).is_empty());

    let (_, a_task) = begun(|| {
        follow_response(|| ());
        None
    });
    assert!(!a_task.is_empty());
    assert!(!a_task.respond(StatusCode::OK).is_empty());

    let (handle, pending) = begun(ScopeHandle::current);
    assert!(handle.is_some() && !pending.is_empty());
    let in_flight = pending.respond(StatusCode::OK);
    assert!(!in_flight.is_empty());
    drop(handle);
    let (handle, pending) = begun(ScopeHandle::current);
    drop(handle);
    assert!(pending.is_empty() && pending.respond(StatusCode::OK).is_empty());
}
