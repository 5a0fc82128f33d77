//! What the log is told of a task that follows no response. A program of its own,
//! with one test: it is told once in the life of a program.
#![cfg(feature = "tracing")]

#[path = "executor/log.rs"]
mod log;

use crosstown_runtime::{ResponseScope, Task, WithoutResponse};
use http::StatusCode;

fn register(name: &'static str) {
    Task::new(|| ()).name(name).follow_response();
}

#[tokio::test]
async fn the_first_task_that_follows_no_response_is_warned_of() {
    log::start();

    // Meant, or followed, or inside of a task: nobody need be warned.
    let meant = Task::new(|| ()).without_response(WithoutResponse::Run);
    meant.follow_response().outcome().await;
    let ((), pending) = ResponseScope::new()
        .run(async { register("followed") })
        .await;
    pending.respond(StatusCode::OK).sent();
    let outer = Task::new(|| register("inner")).without_response(WithoutResponse::Run);
    outer.follow_response().outcome().await;
    assert_eq!(log::with(""), [""; 0]);

    register("outside");
    register("another");
    let (all, told) = (log::with(""), log::about("outside"));
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all, told);
    assert!(
        told[0].contains("crosstown_runtime::axum::serve"),
        "{told:?}"
    );
}
