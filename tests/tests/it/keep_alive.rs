//! Many requests on one connection, and connections that change their kind.

use std::sync::mpsc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{any, get};
use crosstown_runtime::{Abort, Outcome};
use crosstown_tests::http2::{self, HEADERS, Http2};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::serve;
use crosstown_tests::{Once, PATIENCE, http1};
use http::header::CONTENT_LENGTH;
use http::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::app;

/// An app whose tasks run until the test has dropped what is returned.
fn stuck(probe: &Probe) -> (Router, Vec<mpsc::Sender<()>>) {
    let (holds, waits): (Vec<_>, Vec<_>) = (0..10).map(|_| mpsc::channel::<()>()).unzip();
    let waits: Vec<_> = waits.into_iter().map(Once::new).collect();
    let probe = probe.clone();
    let handler = get(move |Path(number): Path<usize>| async move {
        let wait = waits[number].take();
        let name = number.to_string();
        let task = probe.task(name.clone(), move |_| {
            let _ = wait.recv_timeout(PATIENCE);
        });
        probe.keep(name, task.follow_response());
        number.to_string()
    });
    (Router::new().route("/{number}", handler), holds)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http1_tasks_of_a_request_do_not_delay_the_next_nine() {
    let probe = Probe::default();
    let (app, holds) = stuck(&probe);
    let server = serve(app).await;
    let mut client = http1::connect(server.address).await;
    for number in 0..10 {
        let response = client.get(&format!("/{number}")).await;
        assert_eq!(response.body, number.to_string().as_bytes());
    }
    probe.started_in_all(10).await;
    assert_eq!(server.executor.stats().running, 10);
    drop(holds);
    for number in 0..10 {
        assert_eq!(probe.outcome(&number.to_string()).await, Outcome::Completed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http2_tasks_of_a_request_do_not_delay_the_next_nine() {
    let probe = Probe::default();
    let (app, holds) = stuck(&probe);
    let server = serve(app).await;
    let mut client = http2::connect(server.address).await;
    for number in 0..10 {
        assert_eq!(client.get(&format!("/{number}")).await.length, 1);
    }
    probe.started_in_all(10).await;
    assert_eq!(server.executor.stats().running, 10);
    drop(holds);
    for number in 0..10 {
        assert_eq!(probe.outcome(&number.to_string()).await, Outcome::Completed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_pipelined_responses_starts_its_own_tasks() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    let shapes = ["small", "204", "chunked", "big", "404", "nothing", "zero"];
    let requests = shapes.map(|shape| format!("GET /{shape}/{shape} HTTP/1.1\r\nhost: a\r\n\r\n"));
    client.send(requests.concat()).await;
    let witness = server.witness(client.address());
    for shape in shapes {
        let response = client.response().await;
        let expected = match response.status {
            404 => Ending::refused(404),
            status => Ending::sent(status),
        };
        assert_eq!(probe.ending(shape).await, expected, "{shape}");
        let start = probe.start(&format!("{shape}/strict")).await;
        let accepted = witness.record().accepted_at(start.tick);
        assert!(accepted >= response.end, "{shape}: {accepted}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipelined_response_waits_for_the_one_before_it() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    client
        .send(
            "GET /huge/first HTTP/1.1\r\nhost: a\r\n\r\nGET /204/second HTTP/1.1\r\nhost: a\r\n\r\n",
        )
        .await;
    server.witness(client.address()).blocked().await;
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    client.response().await;
    let second = client.response().await;
    assert_eq!(probe.ending("second").await, Ending::sent(204));
    assert_eq!(probe.ending("first").await, Ending::sent(200));
    let start = probe.start("second").await;
    let record = server.witness(client.address()).record();
    assert!(record.accepted_at(start.tick) >= second.end);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_1_0_ends_with_the_last_byte_when_the_end_is_the_end_of_the_connection() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    for shape in ["chunked", "small", "204"] {
        let mut client = http1::connect(server.address).await;
        client
            .send(format!("GET /{shape}/{shape} HTTP/1.0\r\n\r\n"))
            .await;
        let response = client.response().await;
        assert!(!response.head.contains("chunked"));
        assert_eq!(
            probe.ending(shape).await,
            Ending::sent(response.status),
            "{shape}"
        );
        let start = probe.start(shape).await;
        assert_eq!(start.sent.version(), Some(http::Version::HTTP_10));
        let record = server.witness(client.address()).record();
        assert!(record.accepted_at(start.tick) >= response.end);
        assert!(client.closed().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_1_0_can_be_kept_alive() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    for name in ["a", "b", "c"] {
        client
            .send(format!(
                "GET /small/{name} HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"
            ))
            .await;
        assert_eq!(client.response().await.body, b"hello");
        assert_eq!(probe.ending(name).await, Ending::sent(200));
    }
}

/// Echoes what comes over the connection once it is no longer HTTP.
fn tunnel(probe: &Probe, status: StatusCode) -> Router {
    let handler = move |State(probe): State<Probe>, mut request: Request| async move {
        probe.follow_ending("tunnel");
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut io = TokioIo::new(upgrade.await.unwrap());
            let mut byte = [0];
            while io.read_exact(&mut byte).await.is_ok() {
                io.write_all(&byte).await.unwrap();
                io.flush().await.unwrap();
            }
            probe.event("tunnel closed");
        });
        let response = Response::builder().status(status);
        let response = match status {
            StatusCode::SWITCHING_PROTOCOLS => response
                .header("connection", "upgrade")
                .header("upgrade", "echo"),
            _ => response,
        };
        response.body(Body::empty()).unwrap()
    };
    Router::new()
        .fallback(any(handler))
        .with_state(probe.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_is_sent_with_its_head() {
    let probe = Probe::default();
    let server = serve(tunnel(&probe, StatusCode::SWITCHING_PROTOCOLS)).await;
    let mut client = http1::connect(server.address).await;
    client
        .send("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(head.status, 101);
    // The tunnel is open, and the tasks have run.
    assert_eq!(probe.ending("tunnel").await, Ending::sent(101));
    let start = probe.start("tunnel").await;
    let record = server.witness(client.address()).record();
    assert_eq!(record.accepted_at(start.tick), head.end);
    client.send("x").await;
    assert_eq!(client.take(1).await, b"x");
    drop(client);
    probe.happened("tunnel closed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http1_a_connect_is_sent_with_its_head() {
    let probe = Probe::default();
    let server = serve(tunnel(&probe, StatusCode::OK)).await;
    let mut client = http1::connect(server.address).await;
    client
        .send("CONNECT there:80 HTTP/1.1\r\nhost: there:80\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(probe.ending("tunnel").await, Ending::sent(200));
    client.send("x").await;
    assert_eq!(client.take(1).await, b"x");
}

/// Asks for a tunnel.
async fn connect(client: &mut Http2) -> u32 {
    let stream = client.next_stream();
    // `:method: CONNECT` and `:authority: there:80`, and no more.
    let mut head = vec![2, 7];
    head.extend(b"CONNECT\x01\x08there:80");
    client.send(http2::frame(HEADERS, 4, stream, &head)).await;
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http2_a_tunnel_that_says_a_length_is_aborted() {
    let probe = Probe::default();
    let app = {
        let probe = probe.clone();
        any(move || async move {
            probe.follow_ending("task");
            [(CONTENT_LENGTH, "5")]
        })
    };
    let server = serve(Router::new().fallback(app)).await;
    let mut client = http2::connect(server.address).await;
    let stream = connect(&mut client).await;
    // hyper resets it, without a head.
    let response = client.response(stream).await;
    assert_eq!(response.status, 0);
    assert!(response.reset.is_some());
    assert_eq!(probe.ending("task").await, Ending::cut(200, Abort::Body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http2_a_connect_is_sent_with_its_head() {
    let probe = Probe::default();
    let server = serve(tunnel(&probe, StatusCode::OK)).await;
    let mut client = http2::connect(server.address).await;
    let stream = connect(&mut client).await;
    assert_eq!(probe.ending("tunnel").await, Ending::sent(200));
    client
        .send(http2::frame(http2::DATA, 0, stream, b"x"))
        .await;
    loop {
        let frame = client.frame().await.unwrap();
        if frame.kind == http2::DATA && frame.payload == b"x" {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_informational_response_is_not_the_response() {
    let probe = Probe::default();
    let handler = {
        let probe = probe.clone();
        any(move |request: Request| async move {
            probe.follow_ending("task");
            // Asking for the body has hyper send `100 Continue`.
            let body = axum::body::to_bytes(request.into_body(), 10).await;
            body.unwrap()
        })
    };
    let server = serve(Router::new().route("/", handler)).await;
    let mut client = http1::connect(server.address).await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n")
        .await;
    assert_eq!(client.head().await.status, 100);
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    client.send("body").await;
    let response = client.response().await;
    assert_eq!(response.body, b"body");
    assert_eq!(probe.ending("task").await, Ending::sent(200));
    let start = probe.start("task").await;
    let record = server.witness(client.address()).record();
    assert!(record.accepted_at(start.tick) >= response.end);
}
