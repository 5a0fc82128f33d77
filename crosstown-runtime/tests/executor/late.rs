//! What is registered when the response has gone further.

use std::thread;
use std::time::Duration;

use crosstown_runtime::{Executor, Phase, ResponseScope, ScopeHandle, Sent, Task};
use http::StatusCode;

use crate::support::now;

/// Longer than any clock's tick.
const A_WHILE: Duration = Duration::from_millis(2);

/// What a task of this phase is told, which is registered when that is reached.
fn told(response: &ScopeHandle, phase: Phase) -> Sent {
    let (tell, told) = std::sync::mpsc::channel();
    let task = Task::with_sent(move |sent| tell.send(sent).expect("the test listens"));
    let task = task.phase(phase).same_thread(true);
    response.enter(|| task.follow_response());
    told.try_recv().expect("it runs at once")
}

#[test]
fn a_late_task_is_told_when_its_phase_was_reached() {
    for is_delivered in [true, false] {
        let scope = ResponseScope::new().executor(Executor::new());
        let scope = scope.deliverable(true);
        let response = scope.handle();
        let ((), pending) = now(scope.run(async {}));
        let in_flight = pending.respond(StatusCode::OK);
        let head = told(&response, Phase::Head).reached_at();
        thread::sleep(A_WHILE);
        let settled = in_flight.sent();
        let sent = told(&response, Phase::Sent).reached_at();
        assert!(head < sent);
        thread::sleep(A_WHILE);
        if is_delivered {
            settled.delivered();
            assert!(sent < told(&response, Phase::Delivered).reached_at());
        } else {
            drop(settled);
        }
        let late = |phase| told(&response, phase).reached_at();
        assert_eq!((late(Phase::Head), late(Phase::Sent)), (head, sent));
    }
}

#[test]
fn a_delivery_is_awaited_as_long_as_somebody_may_ask_for_it() {
    let scope = ResponseScope::new().executor(Executor::new());
    let handler = async {
        let task = Task::new(|| ()).phase(Phase::Delivered).follow_response();
        (task, ScopeHandle::current())
    };
    let ((task, response), pending) = now(scope.deliverable(true).run(handler));
    let settled = pending.respond(StatusCode::OK).sent();
    assert!(settled.awaits_delivery());
    assert!(task.cancel());
    assert!(settled.awaits_delivery(), "a handle is left");
    drop(response);
    assert!(!settled.awaits_delivery());
}

#[test]
fn a_delivery_that_can_not_be_heard_of_is_awaited_by_nobody() {
    let scope = ResponseScope::new().executor(Executor::new());
    let _response = scope.handle();
    let ((), pending) = now(scope.run(async {}));
    let settled = pending.respond(StatusCode::OK).sent();
    assert!(!settled.awaits_delivery());
}

#[cfg(feature = "tracing")]
#[test]
fn what_would_wait_for_a_delivery_that_nobody_hears_of_is_in_the_log() {
    crate::log::start();
    crate::support::respond(&Executor::new(), || {
        let task = Task::new(|| ()).name("undeliverable");
        task.phase(Phase::Delivered).follow_response();
    });
    let lines = crate::log::about("undeliverable");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("WARN") && lines[0].contains("late.rs"));
}
