//! Where a response ends, for each way of saying so.

use axum::Router;
use crosstown_runtime::Outcome;
use crosstown_tests::body::{Teller, told};
use crosstown_tests::http1::Http1;
use crosstown_tests::http2::{self, DATA, Http2};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{Adapter, Server, plain, serve, start};
use crosstown_tests::{http1, tls, within};

use crate::app;

/// Checks that the tasks `name` started when the kernel had byte `end` of the
/// connection, and not before.
async fn check(server: &Server, client: std::net::SocketAddr, probe: &Probe, name: &str, end: u64) {
    let witness = server.witness(client);
    for task in ["", "/strict", "/always"] {
        let name = format!("{name}{task}");
        let start = probe.start(&name).await;
        let accepted = witness.record().accepted_at(start.tick);
        assert!(accepted >= end, "{name} at {accepted} of {end}");
    }
}

/// Asks for a shape three times on one connection of each protocol, and checks
/// that its tasks start with the last byte.
async fn sent_with_the_last_byte(method: &str, shape: &str, status: u16, length: usize) {
    let expected = Ending::sent(status);
    for adapter in [Adapter::Serve, Adapter::LayerWire] {
        let probe = Probe::default();
        let server = start(adapter, app::shapes(&probe)).await;
        let mut client = http1::connect(server.address).await;
        for number in 0..3 {
            let name = format!("one{number}");
            client.request(method, &format!("/{shape}/{name}")).await;
            let response = client.response_to(method).await;
            assert_eq!((response.status, response.body.len()), (status, length));
            assert_eq!(probe.ending(&name).await, expected);
            check(&server, client.address(), &probe, &name, response.end).await;
        }

        let mut client = http2::connect(server.address).await;
        for number in 0..3 {
            let name = format!("two{number}");
            let stream = client.request(method, &format!("/{shape}/{name}")).await;
            let response = client.response(stream).await;
            assert_eq!((response.status, response.length), (status, length as u64));
            assert_eq!(response.reset, None);
            assert_eq!(probe.ending(&name).await, expected);
            check(&server, client.address(), &probe, &name, response.end).await;
        }
        assert_eq!(server.executor.stats().unfinished(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_204_is_sent_with_its_head() {
    sent_with_the_last_byte("GET", "204", 204, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_304_is_sent_with_its_head() {
    sent_with_the_last_byte("GET", "304", 304, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_content_length_of_zero_is_sent_with_its_head() {
    sent_with_the_last_byte("GET", "zero", 200, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_of_a_big_resource_is_sent_with_its_head() {
    sent_with_the_last_byte("HEAD", "big", 200, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_of_a_stream_is_sent_with_its_head() {
    sent_with_the_last_byte("HEAD", "chunked", 200, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_body_is_sent_with_its_last_byte() {
    sent_with_the_last_byte("GET", "small", 200, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_a_said_length_is_sent_with_its_last_byte() {
    sent_with_the_last_byte("GET", "big", 200, 1 << 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_body_is_sent_with_its_last_chunk() {
    sent_with_the_last_byte("GET", "chunked", 200, 50_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_pends_between_chunks_is_sent_with_its_last_chunk() {
    sent_with_the_last_byte("GET", "yielding", 200, 50_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_of_nothing_is_sent_with_its_end() {
    sent_with_the_last_byte("GET", "nothing", 200, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_ends_in_an_empty_chunk_is_sent_with_its_end() {
    sent_with_the_last_byte("GET", "empty_chunks", 200, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_are_sent_with_the_response() {
    sent_with_the_last_byte("GET", "trailers", 200, 50_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_without_data_are_sent_with_the_response() {
    sent_with_the_last_byte("GET", "only_trailers", 200, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_come_through() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http1::connect(server.address).await;
    client
        .send("GET /trailers/one HTTP/1.1\r\nhost: test\r\nte: trailers\r\n\r\n")
        .await;
    let head = client.head().await;
    // hyper's HTTP/1 sends those that the head has announced; this has none.
    assert!(!head.head.contains("trailer:"));
    let mut client = http2::connect(server.address).await;
    let response = client.get("/trailers/two").await;
    assert!(response.has_trailers);
    let response = client.get("/only_trailers/three").await;
    assert!(response.has_trailers);
}

/// The responses that end with their head over HTTP/1.
const WITHOUT_DATA: [(&str, &str); 7] = [
    ("GET", "204"),
    ("GET", "304"),
    ("GET", "304_with_length"),
    ("POST", "grpc_error"),
    ("GET", "zero"),
    ("HEAD", "big"),
    ("HEAD", "chunked"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_304_that_says_a_length_is_sent_with_its_head() {
    sent_with_the_last_byte("GET", "304_with_length", 304, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_grpc_is_sent_with_its_head() {
    sent_with_the_last_byte("POST", "grpc_error", 200, 0).await;
    // Its clients look for the status where the stream ends, and nowhere else.
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let mut client = http2::connect(server.address).await;
    let stream = client.request("POST", "/grpc_error/task").await;
    let head = client.frame_of(stream).await;
    assert_eq!(head.kind, http2::HEADERS);
    assert_eq!(head.flags & http2::END_STREAM, http2::END_STREAM);
    assert_eq!(probe.ending("task").await, Ending::sent(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_as_the_client_accepts_every_response_without_data() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let client = http2::h2(server.address).await;
    for (number, (method, shape)) in WITHOUT_DATA.into_iter().enumerate() {
        let mut client = within("to be ready", client.clone().ready()).await.unwrap();
        let uri = format!("http://{}/{shape}/{number}", server.address);
        let request = http::Request::builder().method(method).uri(uri);
        let (response, _) = client
            .send_request(request.body(()).unwrap(), true)
            .unwrap();
        let mut body = within("the head", response).await.unwrap().into_body();
        while let Some(data) = within("the end", body.data()).await {
            assert_eq!(data.expect(shape).len(), 0, "{shape}");
        }
        assert_eq!(probe.ending(&number.to_string()).await.aborted, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_as_the_client_reads_trailers_as_they_were_each_time() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let client = http2::h2(server.address).await;
    // More than once, for what HPACK keeps of the first.
    for number in 0..3 {
        let mut client = within("to be ready", client.clone().ready()).await.unwrap();
        let uri = format!("http://{}/trailers/{number}", server.address);
        let request = http::Request::get(uri).body(()).unwrap();
        let (response, _) = client.send_request(request, true).unwrap();
        let mut body = within("the head", response).await.unwrap().into_body();
        while let Some(data) = within("the data", body.data()).await {
            let length = data.unwrap().len();
            body.flow_control().release_capacity(length).unwrap();
        }
        let trailers = within("the trailers", body.trailers()).await.unwrap();
        assert_eq!(trailers, Some(app::trailers()));
        let name = number.to_string();
        assert_eq!(probe.ending(&name).await, Ending::sent(200));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_a_response_without_data_leaves_its_head_as_it_is() {
    let probe = Probe::default();
    let server = serve(app::shapes(&probe)).await;
    let unfollowed = plain(app::shapes(&Probe::default())).await;
    for (number, (method, shape)) in WITHOUT_DATA.into_iter().enumerate() {
        let mut heads = Vec::new();
        for address in [server.address, unfollowed] {
            let mut client = http2::h2(address).await;
            let uri = format!("http://{address}/{shape}/{number}");
            let request = http::Request::builder().method(method).uri(uri);
            let (response, _) = client
                .send_request(request.body(()).unwrap(), true)
                .unwrap();
            let (mut head, _) = within("the head", response).await.unwrap().into_parts();
            head.headers.remove("date");
            heads.push((head.status, head.headers));
        }
        assert_eq!(heads[0], heads[1], "{shape}");
    }
}

/// Asks for a response without data over TLS, where what is let go of is far
/// from the wire.
async fn a_204_over_tls(wrapped: impl FnOnce(tokio_rustls::TlsAcceptor) -> Adapter) {
    let (acceptor, connector) = tls::pair();
    let probe = Probe::default();
    let server = start(wrapped(acceptor), app::shapes(&probe)).await;
    let connect = async || {
        let stream = http1::tcp(server.address).await;
        let stream = within("TLS", connector.connect(tls::name(), stream)).await;
        stream.unwrap()
    };
    let mut client = Http1::over(connect().await);
    for (name, shape) in [("a", "204"), ("b", "chunked"), ("c", "trailers")] {
        client.get(&format!("/{shape}/{name}")).await;
        assert_eq!(probe.ending(name).await.aborted, None);
    }
    let mut client = Http2::over(connect().await, http2::UNLIMITED).await;
    for (name, shape) in [("d", "204"), ("e", "chunked"), ("f", "trailers")] {
        client.get(&format!("/{shape}/{name}")).await;
        assert_eq!(probe.ending(name).await.aborted, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrapped_inside_tls_every_shape_is_sent() {
    a_204_over_tls(Adapter::WireInsideTls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrapped_outside_tls_every_shape_is_sent() {
    a_204_over_tls(Adapter::WireOutsideTls).await;
}

/// Tells the body one event after the other, and checks that the tasks wait.
struct Events {
    probe: Probe,
    teller: Teller,
    server: Server,
}

impl Events {
    async fn serve(adapter: Adapter) -> Self {
        let probe = Probe::default();
        let (teller, body) = told();
        let app: Router = app::telling(&probe, "events", body);
        Self {
            server: start(adapter, app).await,
            probe,
            teller,
        }
    }

    fn say(&self) {
        assert_eq!(self.probe.started_so_far(), [] as [&str; 0]);
        self.teller.data("data: event\n\n");
    }

    async fn end(self) {
        drop(self.teller);
        let ending = self.probe.ending("events").await;
        assert_eq!(ending, Ending::sent(200));
        let bytes = self.probe.start("events").await.sent.bytes();
        assert_eq!(bytes, 3 * "data: event\n\n".len() as u64);
    }
}

async fn events_over_http1(adapter: Adapter) {
    let events = Events::serve(adapter).await;
    let mut client = http1::connect(events.server.address).await;
    client.request("GET", "/").await;
    client.head().await;
    for _ in 0..3 {
        events.say();
        let chunk = "d\r\ndata: event\n\n\r\n";
        client.take(chunk.len() as u64).await;
    }
    events.end().await;
    assert_eq!(client.take(5).await, b"0\r\n\r\n");
}

async fn events_over_http2(adapter: Adapter) {
    let events = Events::serve(adapter).await;
    let mut client = http2::connect(events.server.address).await;
    client.request("GET", "/").await;
    for _ in 0..3 {
        events.say();
        while client.frame().await.unwrap().kind != DATA {}
        // A whole turn of the connection with nothing new.
        client.ping().await;
    }
    events.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http1_tasks_wait_for_the_last_event() {
    events_over_http1(Adapter::Serve).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http2_tasks_wait_for_the_last_event() {
    events_over_http2(Adapter::Serve).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_the_layer_alone_tasks_wait_for_the_last_event() {
    events_over_http1(Adapter::Layer).await;
    events_over_http2(Adapter::Layer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_the_layer_alone_every_shape_ends_as_sent() {
    let probe = Probe::default();
    let server = start(Adapter::Layer, app::shapes(&probe)).await;
    let shapes = [
        "204",
        "304",
        "zero",
        "small",
        "big",
        "chunked",
        "yielding",
        "nothing",
        "trailers",
        "only_trailers",
    ];
    for shape in shapes {
        let mut client = http1::connect(server.address).await;
        client.get(&format!("/{shape}/one-{shape}")).await;
        let outcome = probe.outcome(&format!("one-{shape}/strict")).await;
        assert_eq!(outcome, Outcome::Completed, "{shape}");
        let mut client = http2::connect(server.address).await;
        client.get(&format!("/{shape}/two-{shape}")).await;
        let outcome = probe.outcome(&format!("two-{shape}/strict")).await;
        assert_eq!(outcome, Outcome::Completed, "{shape}");
    }
}
