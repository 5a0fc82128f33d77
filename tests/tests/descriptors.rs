//! A delivery that is heard of without a descriptor to spare. A program of its own:
//! the limit is the process's.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::future::IntoFuture;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use crosstown_runtime::axum::serve;
use crosstown_runtime::{Outcome, Phase};
use crosstown_tests::probe::Probe;
use crosstown_tests::{http1, server};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// As many as a process here may have: few, so that they are soon used up.
const DESCRIPTORS: u64 = 64;

// On one thread, which accepts and asks.
#[tokio::test]
async fn a_connection_accepted_with_the_last_one_is_heard_of() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(DESCRIPTORS),
            ..limit
        },
    )
    .unwrap();
    let probe = Probe::default();
    let follow = probe.clone();
    let handler = move |Path(name): Path<String>| async move {
        follow.follow_with(name, |task| task.phase(Phase::Delivered));
    };
    let (listener, address) = server::listen().await;
    let app = Router::new().route("/{name}", get(handler));
    tokio::spawn(serve(listener, app).into_future());

    let mut first = http1::connect(address).await;
    first.get("/first").await;
    assert_eq!(probe.outcome("first").await, Outcome::Completed);

    // One for the client is left, and one for the server.
    let mut others = Vec::new();
    while let Ok(other) = File::open("/dev/null") {
        others.push(other);
    }
    others.truncate(others.len() - 2);
    let mut last = http1::connect(address).await;
    last.get("/last").await;
    assert!(File::open("/dev/null").is_err(), "one is to spare");
    assert_eq!(probe.outcome("last").await, Outcome::Completed);
}
