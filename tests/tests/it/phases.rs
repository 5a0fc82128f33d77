//! The head, and time limits.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use crosstown_runtime::axum::{Serve, serve};
use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::wire::WireStream;
use crosstown_runtime::{Abort, Executor, Phase};
use crosstown_tests::http2::HEADERS;
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::{http1, http2, server, within};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::app;

/// Serves `app`, changed by `change`, on a plain TCP listener.
pub async fn serve_tcp(
    app: Router,
    change: impl FnOnce(Serve<TcpListener, Router, Router>) -> Serve<TcpListener, Router, Router>,
) -> SocketAddr {
    let (listener, address) = server::listen().await;
    tokio::spawn(change(serve(listener, app)).into_future());
    address
}

/// An app that answers with `size` bytes and follows them to each phase, by tasks
/// that start in the order of the phases: on the thread that reaches it.
pub fn phases(probe: &Probe, size: usize) -> Router {
    let probe = probe.clone();
    Router::new().route(
        "/",
        get(move || async move {
            let follow = |name, phase| {
                probe.follow_with(name, |task| task.phase(phase).same_thread(true));
            };
            follow("delivered", Phase::Delivered);
            follow("sent", Phase::Sent);
            follow("head", Phase::Head);
            vec![7; size]
        }),
    )
}

mod head {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn is_reached_before_a_byte_of_the_response_is_sent() {
        for multiplexed in [false, true] {
            let probe = Probe::default();
            let server = server::serve(phases(&probe, 10)).await;
            // Where the response begins in what the server sends.
            let (address, begin) = if multiplexed {
                let mut client = http2::connect(server.address).await;
                client.request("GET", "/").await;
                let head = loop {
                    let frame = client.frame().await.unwrap();
                    if frame.kind == HEADERS {
                        break frame;
                    }
                };
                let begin = head.end - 9 - head.payload.len() as u64;
                (client.address(), begin)
            } else {
                let mut client = http1::connect(server.address).await;
                client.get("/").await;
                (client.address(), 0)
            };
            let head = probe.start("head").await;
            let record = server.witness(address).record();
            assert!(record.accepted_at(head.tick) <= begin);
            assert_eq!(head.sent.phase(), Some(Phase::Head));
            assert_eq!(head.sent.status(), Some(StatusCode::OK));
            assert_eq!(head.sent.bytes(), 0);
        }
    }
}

mod time_limit {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn aborts_a_response_that_a_client_does_not_read() {
        let probe = Probe::default();
        let limit = Duration::from_millis(100);
        let address = serve_tcp(app::shapes(&probe), |serve| serve.time_limit(limit)).await;
        let mut client = http1::connect(address).await;
        client.request("GET", "/huge/response").await;

        let ending = probe.ending("response").await;
        assert_eq!(ending, Ending::cut(200, Abort::TimeLimit));
        // The server itself goes on.
        assert_eq!(client.response().await.body.len(), app::HUGE);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_the_layer_is_kept_beside_its_connection_and_its_executor() {
        let probe = Probe::default();
        let (listener, address) = server::listen().await;
        let (app, executor) = (app::shapes(&probe), Executor::new());
        let layer = CrosstownLayer::new().time_limit(Duration::from_millis(100));
        let counting = executor.clone();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = WireStream::new(stream);
            let layer = layer.wire(stream.handle()).executor(counting);
            server::speak(stream, layer, app).await;
        });
        let mut client = http1::connect(address).await;
        client.request("GET", "/huge/response").await;
        let ending = probe.ending("response").await;
        assert_eq!(ending, Ending::cut(200, Abort::TimeLimit));
        assert!(
            executor.stats().registered > 0,
            "they are counted elsewhere"
        );
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn is_lifted_when_the_response_is_sent() {
        let probe = Probe::default();
        let limit = Duration::from_secs(3600);
        let address = serve_tcp(app::shapes(&probe), |serve| serve.time_limit(limit)).await;
        let alive = || Handle::current().metrics().num_alive_tasks();
        let before = alive();
        http1::connect(address).await.get("/small/response").await;
        assert_eq!(probe.ending("response").await, Ending::sent(200));
        // The task of the connection goes, and so does that of the limit.
        let gone = async {
            while alive() > before {
                tokio::task::yield_now().await;
            }
        };
        within("the limit to be lifted", gone).await;
    }
}
