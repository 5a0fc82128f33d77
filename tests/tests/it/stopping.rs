//! What a server waits for that is told to stop.

use std::future::IntoFuture;
use std::sync::mpsc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use crosstown_runtime::axum::serve;
use crosstown_runtime::{Abort, Executor};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::witness::{WitnessedListener, Witnesses};
use crosstown_tests::{Once, PATIENCE, http2, server, within};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long a server is given to end when it must not.
const A_WHILE: Duration = Duration::from_millis(100);

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
        let (listener, address) = server::listen().await;
        let (witnesses, executor) = (Witnesses::default(), Executor::new());
        let listener = WitnessedListener::new(listener, witnesses.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let mut server = serve(listener, app)
            .executor(executor.clone())
            .with_graceful_shutdown(async { drop(stopped.await) });
        if let Some(deadline) = deadline {
            server = server.drain_deadline(deadline);
        }
        let mut server = tokio::spawn(server.into_future());
        let mut client = http2::connect(address).await;
        let witness = witnesses.of(client.address());
        client.request("GET", "/").await;
        probe.happened("working").await;
        drop((client, stop));
        witness.closed().await;

        let ends_early = timeout(A_WHILE, &mut server).await.is_ok();
        assert!(!ends_early, "{deadline:?}");
        go_on.send(()).unwrap();
        within("the server to stop", server).await.unwrap().unwrap();
        assert!(probe.is_finished("task"));
        assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Client));
        assert_eq!(executor.stats().unfinished(), 0);
    }
}
