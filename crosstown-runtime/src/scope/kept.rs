//! The state of a response, kept for the next one that the same thread serves.
//!
//! Most of those that are made are let go of where they were made, a moment
//! before the next one is needed there.

use std::cell::Cell;
use std::sync::Arc;

use super::state::{Event, ResponseState};
use crate::sys::per_thread;

// One for each thread.
per_thread!(KEPT: Cell<Option<Arc<ResponseState>>> = Cell::new(None));

/// Returns a state that nothing has happened to, which nobody else knows.
#[inline]
pub(super) fn take() -> Arc<ResponseState> {
    // The thread may be about to end.
    let kept = KEPT.try_with(Cell::take).ok().flatten();
    kept.unwrap_or_default()
}

/// Keeps a state that nobody needs any more, if nobody else knows it.
pub(super) fn keep(mut state: Arc<ResponseState>) {
    let Some(unshared) = Arc::get_mut(&mut state) else {
        return;
    };
    // What it holds on to is let go of now.
    unshared.clear();
    // On a thread that is ending it is dropped.
    _ = KEPT.try_with(|kept| kept.set(Some(state)));
}

/// Notes the last event of a response, and keeps its state.
pub(super) fn end(state: Arc<ResponseState>, last: Event) {
    state.advance(last);
    keep(state);
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::sync::mpsc;

    use http::{StatusCode, Version};

    use super::*;
    use crate::executor::Executor;
    use crate::scope::{Pending, ResponseScope, ScopeHandle};
    use crate::sent::Sent;
    use crate::task::Task;

    fn is_one_kept() -> bool {
        let kept = KEPT.take();
        let is_one = kept.is_some();
        KEPT.set(kept);
        is_one
    }

    /// Registers a task on this thread that tells what it knows.
    fn tell() -> mpsc::Receiver<Sent> {
        let (told, tells) = mpsc::channel();
        Task::with_sent(move |sent| told.send(sent).expect("the test listens"))
            .same_thread(true)
            .follow_response();
        tells
    }

    fn enter<R>(scope: ResponseScope, handler: impl FnOnce() -> R) -> (R, Pending) {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(scope.run(async { handler() }))
    }

    #[test]
    fn the_next_response_knows_nothing_of_the_one_before() {
        let held = Arc::new(());
        let executor = Executor::builder().on_outcome({
            let held = Arc::clone(&held);
            move |_| drop(Arc::clone(&held))
        });
        let scope = ResponseScope::new()
            .executor(executor.build())
            .version(Version::HTTP_2);
        let (tells, pending) = enter(scope, tell);
        let in_flight = pending.respond(StatusCode::ACCEPTED);
        in_flight.add_bytes(7);
        drop(in_flight.sent());
        assert_eq!(tells.recv().expect("it ran").bytes(), 7);
        assert!(is_one_kept());
        assert_eq!(Arc::strong_count(&held), 1, "the executor is held on to");

        let (tells, pending) = enter(ResponseScope::new(), tell);
        assert!(!is_one_kept(), "it is in use");
        drop(pending.respond(StatusCode::OK).sent());
        let sent = tells.recv().expect("it ran");
        assert_eq!(
            (sent.version(), sent.bytes(), sent.aborted()),
            (None, 0, None)
        );
    }

    #[test]
    fn one_that_somebody_else_knows_is_left_to_them() {
        let handle = || ScopeHandle::current().expect("a handler is running");
        let (first, pending) = enter(ResponseScope::new(), handle);
        drop(pending.respond(StatusCode::ACCEPTED).sent());
        assert!(!is_one_kept());

        let ((), pending) = enter(ResponseScope::new(), || {
            let sent = first.enter(tell).recv().expect("it runs at once");
            assert_eq!(sent.status(), Some(StatusCode::ACCEPTED));
        });
        assert!(pending.is_empty(), "it was registered elsewhere");
    }

    #[test]
    fn one_is_kept_whatever_the_end() {
        let ends: [fn(Pending); 5] = [
            drop,
            |pending| drop(pending.respond(StatusCode::OK)),
            |pending| drop(pending.respond(StatusCode::NOT_FOUND)),
            |pending| drop(pending.respond(StatusCode::OK).sent()),
            |pending| pending.respond(StatusCode::OK).sent().delivered(),
        ];
        for (number, end) in ends.into_iter().enumerate() {
            KEPT.take();
            let (_, pending) = enter(ResponseScope::new(), tell);
            end(pending);
            assert!(is_one_kept(), "end {number}");
        }
    }
}
