//! A delivery that is heard of without a descriptor to spare. A program of its own:
//! the limit is the process's.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::future::IntoFuture;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use crosstown_runtime::axum::serve;
use crosstown_runtime::{Outcome, Phase};
use crosstown_tests::probe::Probe;
use crosstown_tests::{http1, server, within};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// As many as a process here may have: few, so that they are soon used up.
const DESCRIPTORS: u64 = 64;

/// Holds its worker, so that what accepts and asks goes on with another.
async fn holds() {
    tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_accepted_with_the_last_one_are_heard_of() {
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
        holds().await;
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
    // axum waits for a second where it can't accept, as after each of these.
    for name in ["second", "third", "fourth"] {
        let mut client = http1::connect(address).await;
        client.get(&format!("/{name}")).await;
        assert!(File::open("/dev/null").is_err(), "one is to spare");
        assert_eq!(probe.outcome(name).await, Outcome::Completed, "{name}");
        drop(client);
        // The server's is free when it has noticed.
        let free = async {
            while File::open("/dev/null").is_err() || File::open("/dev/zero").is_err() {
                tokio::task::yield_now().await;
            }
        };
        within("the connection to end", free).await;
    }
}
