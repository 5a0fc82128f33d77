//! The global executor, which can be set up once in the life of a program: this is
//! one, with one test.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;

use crosstown_runtime::{Executor, Outcome, Skip, Task, WithoutResponse};

#[test]
fn the_global_executor_says_what_becomes_of_a_task_without_response_that_does_not() {
    let (told, ended) = channel();
    let global = Executor::builder()
        .without_response(WithoutResponse::Panic)
        .on_outcome(move |task| {
            let told = told.send((task.name.to_string(), task.outcome.clone()));
            told.expect("the test listens");
        })
        .build_global()
        .expect("the first call");

    // None is in progress.
    let registering = AssertUnwindSafe(|| Task::new(|| ()).name("lost").follow_response());
    let payload = catch_unwind(registering).expect_err("a panic");
    let message = payload.downcast::<String>().expect("a message");
    assert!(message.contains("`lost`"), "{message}");
    assert!(message.contains("axum::serve"), "{message}");
    assert_eq!(global.stats().registered, 0);

    // It says so itself; what is registered within follows it, and is not lost.
    let within = || drop(Task::new(|| ()).name("within").follow_response());
    Task::new(within)
        .name("here")
        .without_response(WithoutResponse::Run)
        .follow_response();
    Task::new(|| ())
        .name("left out")
        .without_response(WithoutResponse::Skip)
        .follow_response();
    let ended = ended.try_iter().collect::<Vec<_>>();
    let skipped = Outcome::Skipped(Skip::WithoutResponse);
    let expected = [
        ("within", Outcome::Completed),
        ("here", Outcome::Completed),
        ("left out", skipped),
    ];
    assert_eq!(
        ended,
        expected.map(|(name, outcome)| (name.to_owned(), outcome))
    );

    // There is one now.
    let second = Executor::builder().build_global();
    let error = second.expect_err("the second call").to_string();
    assert!(error.contains("in use already"), "{error}");
    assert_eq!(Executor::global().stats(), global.stats());
}
