//! What the attributes expand to, run rather than refused.

mod clones;
// Written as users may, to see that it compiles.
#[allow(clippy::drop_non_drop, clippy::never_loop, clippy::useless_vec)]
mod everywhere;
mod forbidden;
mod fragments;
mod held;
mod on_call;
mod options;
mod other_attributes;
mod panics;
mod shadowing;

use crosstown_runtime::{Outcome, testing};
use http::StatusCode;

/// Answers with 200 and returns what became of the tasks, with their names.
async fn played<T>(handler: impl Future<Output = T>) -> Vec<(String, Outcome)> {
    let (_, recorded) = testing::record(handler).await;
    let names = recorded.names();
    let outcomes = recorded.respond(StatusCode::OK).await;
    names.into_iter().zip(outcomes).collect()
}

/// Checks that so many tasks were registered, and that each came to its end.
async fn all_completed<T>(handler: impl Future<Output = T>, expected: usize) {
    let played = played(handler).await;
    assert_eq!(played.len(), expected);
    for (name, outcome) in played {
        assert_eq!(outcome, Outcome::Completed, "{name}");
    }
}

/// The names of the tasks that a handler registers.
async fn names<T>(handler: impl Future<Output = T>) -> Vec<String> {
    let (_, recorded) = testing::record(handler).await;
    recorded.names()
}
