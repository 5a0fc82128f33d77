//! What a test takes out of a recorded handler, one task at a time.

use std::sync::mpsc;

use crosstown_runtime::{Outcome, Phase, Skip, Task, follow_response, testing};
use http::StatusCode;

use crate::support::{block_on, outcome};

#[test]
fn a_task_that_runs_alone_is_told_of_a_response_that_was_delivered() {
    block_on(async {
        let (tell, told) = mpsc::channel();
        let ((), mut recorded) = testing::record(async {
            Task::with_sent(move |sent| tell.send(sent).expect("the test listens"))
                .follow_response();
        })
        .await;
        assert!(!recorded.is_empty());
        let task = recorded.next().expect("one task");
        assert!(recorded.is_empty() && recorded.next().is_none());
        assert_eq!(task.run().await, Outcome::Completed);
        let sent = told.try_recv().expect("it has run");
        assert_eq!(sent.status(), Some(StatusCode::OK));
        assert_eq!(sent.phase(), Some(Phase::Delivered));
        assert_eq!(sent.aborted(), None);
        assert!(sent.head_at().is_some());
    });
}

#[test]
fn a_task_that_is_taken_out_and_not_run_has_an_outcome() {
    block_on(async {
        let handler = async { follow_response(|| ()) };
        let (task, mut recorded) = testing::record(handler).await;
        drop(recorded.next());
        assert_eq!(outcome(&task), Outcome::Skipped(Skip::ShutDown));
    });
}
