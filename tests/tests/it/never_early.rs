//! A big body and a client that does not read: no task starts before it does.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use crosstown_runtime::{Outcome, Task};
use crosstown_tests::body::{Chunks, cut, told};
use crosstown_tests::http1::Http1;
use crosstown_tests::http2::Http2;
use crosstown_tests::naive::OnDrop;
use crosstown_tests::probe::Probe;
use crosstown_tests::server::{Adapter, Server, start};
use crosstown_tests::witness::Witness;
use crosstown_tests::{http1, http2, tls, within};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::app::{self, HUGE};

/// How long the client does nothing: time for a task to start too early.
const PAUSE: Duration = Duration::from_millis(400);

/// How the body comes to hyper.
#[derive(Clone, Copy)]
enum Shape {
    /// As one chunk, of a length that is said.
    Whole,
    /// In chunks of 64 KiB.
    Chunked,
}

fn app(probe: &Probe, shape: Shape) -> Router {
    let whole = Bytes::from(vec![7; HUGE]);
    let probe = probe.clone();
    Router::new().route(
        "/",
        get(move || async move {
            probe.follow("pool");
            probe.follow_with("here", |task| task.same_thread(true));
            let (seen, start) = (probe.clone(), probe.clone());
            let future = Task::future_with_sent(|sent| async move {
                start.started("future".into(), sent);
            });
            probe.keep("future", future.follow_response());
            let body = match shape {
                Shape::Whole => Body::from(whole),
                Shape::Chunked => Body::new(Chunks::new(cut(&whole, 64 << 10))),
            };
            // What others take for the moment.
            Body::new(OnDrop::new(body, move || seen.event("dropped")))
        }),
    )
}

/// A client that begins to read when it is told.
enum Client<IO> {
    One(Http1<IO>),
    Two(Http2<IO>),
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Client<IO> {
    async fn two(io: IO) -> Self {
        Self::Two(Http2::over(io, http2::UNLIMITED).await)
    }

    async fn request(&mut self) {
        match self {
            Self::One(client) => client.request("GET", "/").await,
            Self::Two(client) => {
                client.request("GET", "/").await;
            }
        }
    }

    /// Reads the response; returns the bytes of its body.
    async fn read(&mut self) -> usize {
        match self {
            Self::One(client) => client.response().await.body.len(),
            Self::Two(client) => client.response(1).await.length as usize,
        }
    }
}

/// Plays the exchange and checks that no task starts early.
async fn check<IO>(mut client: Client<IO>, witness: Arc<Witness>, probe: Probe)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    client.request().await;
    witness.blocked().await;
    tokio::time::sleep(PAUSE).await;
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    assert!(witness.record().accepted() < HUGE as u64);

    assert_eq!(client.read().await, HUGE);
    for name in ["pool", "here", "future"] {
        assert_eq!(probe.outcome(name).await, Outcome::Completed);
        let start = probe.start(name).await;
        let record = witness.record();
        assert!(record.accepted_at(start.tick) >= HUGE as u64, "{name}");
        // The last byte, not the last but one: nothing was written later.
        assert_eq!(record.accepted_at(start.tick), record.accepted(), "{name}");
        assert_eq!(start.sent.bytes(), HUGE as u64);
        assert_eq!(start.sent.aborted(), None);
    }
    probe.happened("dropped").await;
}

async fn over_http1(adapter: Adapter, shape: Shape) {
    let probe = Probe::default();
    let server = start(adapter, app(&probe, shape)).await;
    let client = http1::connect(server.address).await;
    let witness = server.witness(client.address());
    check(Client::One(client), witness, probe).await;
}

async fn over_http2(adapter: Adapter, shape: Shape) {
    let probe = Probe::default();
    let server = start(adapter, app(&probe, shape)).await;
    let client = http2::connect(server.address).await;
    let witness = server.witness(client.address());
    check(Client::Two(client), witness, probe).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_over_http1_waits_for_the_last_byte_of_one_chunk() {
    over_http1(Adapter::Serve, Shape::Whole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_over_http1_waits_for_the_last_byte_of_many_chunks() {
    over_http1(Adapter::Serve, Shape::Chunked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_over_http2_waits_for_the_last_byte_of_one_chunk() {
    over_http2(Adapter::Serve, Shape::Whole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_over_http2_waits_for_the_last_byte_of_many_chunks() {
    over_http2(Adapter::Serve, Shape::Chunked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_layer_alone_over_http1_waits_for_the_last_byte() {
    over_http1(Adapter::Layer, Shape::Whole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_layer_alone_over_http2_waits_for_the_last_byte() {
    over_http2(Adapter::Layer, Shape::Whole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_layer_with_its_connection_waits_for_the_last_byte() {
    over_http1(Adapter::LayerWire, Shape::Whole).await;
    over_http2(Adapter::LayerWire, Shape::Chunked).await;
}

/// Over TLS, with the connection wrapped on one side of it or the other.
async fn over_tls(wrapped: impl FnOnce(tokio_rustls::TlsAcceptor) -> Adapter, http2: bool) {
    let (acceptor, connector) = tls::pair();
    let probe = Probe::default();
    let server: Server = start(wrapped(acceptor), app(&probe, Shape::Whole)).await;
    let stream = http1::tcp(server.address).await;
    let witness = server.witness(stream.local_addr().unwrap());
    let stream = within("TLS", connector.connect(tls::name(), stream)).await;
    let stream = stream.unwrap();
    let client = if http2 {
        Client::two(stream).await
    } else {
        Client::One(Http1::over(stream))
    };
    check(client, witness, probe).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrapped_inside_tls_over_http1_waits_for_the_last_byte() {
    over_tls(Adapter::WireInsideTls, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrapped_inside_tls_over_http2_waits_for_the_last_byte() {
    over_tls(Adapter::WireInsideTls, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrapped_outside_tls_over_http1_waits_for_the_last_byte() {
    over_tls(Adapter::WireOutsideTls, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrapped_outside_tls_over_http2_waits_for_the_last_byte() {
    over_tls(Adapter::WireOutsideTls, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_drop_of_the_body_comes_before_the_client_reads() {
    // The premise of this file: were it not so, the tests above would prove
    // nothing.
    let probe = Probe::default();
    let server = start(Adapter::Serve, app(&probe, Shape::Whole)).await;
    let mut client = http1::connect(server.address).await;
    client.request("GET", "/").await;
    probe.happened("dropped").await;
    assert_eq!(probe.started_so_far(), [] as [&str; 0]);
    assert_eq!(client.response().await.body.len(), HUGE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_the_layer_alone_a_chunked_response_ends_with_its_last_chunk() {
    for data in ["", "hello"] {
        let probe = Probe::default();
        let (teller, body) = told();
        let app = app::telling_here(&probe, "here", body);
        let server = start(Adapter::Layer, app).await;
        let mut client = http1::connect(server.address).await;
        let witness = server.witness(client.address());
        client.request("GET", "/").await;
        if !data.is_empty() {
            teller.data(data);
            client.head().await;
            assert_eq!(client.take(10).await, b"5\r\nhello\r\n");
        }
        drop(teller);
        let start = probe.start("here").await;
        let record = witness.record();
        assert_eq!(record.accepted_at(start.tick), record.accepted());
    }
}

/// On one thread, where a task has its turn when that of the connection has written
/// what it had.
#[tokio::test]
async fn the_layer_alone_lets_hyper_write_a_head_or_an_end_without_data_first() {
    for shape in ["204", "304", "zero", "chunked", "nothing"] {
        let probe = Probe::default();
        let handler = {
            let probe = probe.clone();
            get(async move || {
                probe.follow_with("here", |task| task.same_thread(true));
                app::response(shape)
            })
        };
        let server = start(Adapter::Layer, Router::new().route("/", handler)).await;
        let mut client = http1::connect(server.address).await;
        let witness = server.witness(client.address());
        client.get("/").await;
        let start = probe.start("here").await;
        let record = witness.record();
        assert!(record.accepted() > 0);
        assert_eq!(record.accepted_at(start.tick), record.accepted(), "{shape}");
    }
}
