//! What a server waits for that is told to stop.

use std::sync::mpsc;

use axum::Router;
use axum::routing::get;
use crosstown_runtime::Abort;
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::serve_as;
use crosstown_tests::{Once, PATIENCE, http2};

/// hyper polls the handler in a task of its own, which the connection does not wait for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_waits_for_a_handler_at_work_whose_client_has_left() {
    for deadline in [None, Some(PATIENCE)] {
        let probe = Probe::default();
        let (go_on, told) = mpsc::channel();
        let given = Once::new(told);
        let app = {
            let probe = probe.clone();
            let handler = get(move || async move {
                let told = given.take();
                probe.event("working");
                // Work that does not yield.
                told.recv_timeout(PATIENCE).unwrap();
                probe.follow_ending("task");
            });
            Router::new().route("/", handler)
        };
        let mut server = serve_as(app, |serve| serve, deadline).await;
        let executor = server.executor.clone();
        let mut client = http2::connect(server.address).await;
        let witness = server.witness(client.address());
        client.request("GET", "/").await;
        probe.happened("working").await;
        drop(client);
        server.tell_to_stop();
        witness.closed().await;

        assert!(!server.stops_at_once().await, "{deadline:?}");
        go_on.send(()).unwrap();
        server.stopped().await;
        assert!(probe.is_finished("task"));
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
        assert_eq!(executor.stats().unfinished(), 0);
    }
}
