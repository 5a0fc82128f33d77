//! How a response can end over TLS, with the connection wrapped inside of it
//! and outside.

use axum::Router;
use crosstown_runtime::Abort;
use crosstown_tests::body::{Teller, told};
use crosstown_tests::http1::Http1;
use crosstown_tests::http2::{self, DATA, END_STREAM, Http2};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::server::{Adapter, Server, start};
use crosstown_tests::{http1, tls, within};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::app;

/// A server that speaks TLS, and who connects to it.
struct Secured {
    server: Server,
    connector: TlsConnector,
}

/// On which side of TLS the connection is wrapped.
#[derive(Debug, Clone, Copy)]
enum Side {
    Inside,
    Outside,
}

const SIDES: [Side; 2] = [Side::Inside, Side::Outside];

impl Secured {
    async fn serve(side: Side, app: Router) -> Self {
        let (acceptor, connector) = tls::pair();
        let adapter = match side {
            Side::Inside => Adapter::WireInsideTls(acceptor),
            Side::Outside => Adapter::WireOutsideTls(acceptor),
        };
        let server = start(adapter, app).await;
        Self { server, connector }
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        let stream = http1::tcp(self.server.address).await;
        let stream = self.connector.connect(tls::name(), stream);
        within("TLS", stream).await.unwrap()
    }

    async fn http1(&self) -> Http1<TlsStream<TcpStream>> {
        Http1::over(self.connect().await)
    }

    async fn http2(&self) -> Http2<TlsStream<TcpStream>> {
        Http2::over(self.connect().await, http2::UNLIMITED).await
    }

    fn all_ended(&self) {
        let stats = self.server.executor.stats();
        assert_eq!(stats.unfinished(), 0, "{stats:?}");
    }
}

/// How a client leaves.
#[derive(Debug, Clone, Copy)]
enum Leave {
    /// It says so in TLS.
    Notify,
    /// It closes its socket.
    Close,
    /// It resets the connection.
    Reset,
}

const WAYS: [Leave; 3] = [Leave::Notify, Leave::Close, Leave::Reset];

impl Leave {
    async fn now(self, mut stream: TlsStream<TcpStream>) {
        match self {
            Self::Notify => within("to say so", stream.shutdown()).await.unwrap(),
            Self::Close => {}
            Self::Reset => stream.get_ref().0.set_zero_linger().unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_is_read_whole_is_sent() {
    for side in SIDES {
        let probe = Probe::default();
        let secured = Secured::serve(side, app::shapes(&probe)).await;
        let (mut one, mut two) = (secured.http1().await, secured.http2().await);
        for shape in ["small", "big", "chunked", "trailers", "204", "zero"] {
            let status = if shape == "204" { 204 } else { 200 };
            one.get(&format!("/{shape}/1{shape}")).await;
            let ending = probe.ending(&format!("1{shape}")).await;
            assert_eq!(ending, Ending::sent(status), "{shape} {side:?}");
            two.get(&format!("/{shape}/2{shape}")).await;
            let ending = probe.ending(&format!("2{shape}")).await;
            assert_eq!(ending, Ending::sent(status), "{shape} {side:?}");
        }
        secured.all_ended();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_within_the_body_aborts_it() {
    for (side, leave) in SIDES
        .iter()
        .flat_map(|side| WAYS.map(|leave| (*side, leave)))
    {
        for multiplexed in [false, true] {
            let probe = Probe::default();
            let (teller, body) = told();
            let secured = Secured::serve(side, app::telling(&probe, "task", body)).await;
            teller.data("begun");
            let stream = if multiplexed {
                let mut client = secured.http2().await;
                client.request("GET", "/").await;
                while client.frame().await.unwrap().kind != DATA {}
                client.into_io()
            } else {
                let mut client = secured.http1().await;
                client.request("GET", "/").await;
                client.head().await;
                client.take(5 + 5).await;
                client.into_io()
            };
            leave.now(stream).await;
            teller.dropped().await;
            let ending = probe.ending("task").await;
            let expected = Ending::cut(200, Abort::Client);
            assert_eq!(ending, expected, "{side:?} {leave:?} {multiplexed}");
            secured.all_ended();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_before_the_body_is_flushed_aborts_it() {
    for (side, leave) in SIDES
        .iter()
        .flat_map(|side| WAYS.map(|leave| (*side, leave)))
    {
        let probe = Probe::default();
        let secured = Secured::serve(side, app::shapes(&probe)).await;
        let mut client = secured.http1().await;
        client.request("GET", "/huge/task").await;
        let stream = client.into_io();
        let address = stream.get_ref().0.local_addr().unwrap();
        secured.server.witness(address).blocked().await;
        leave.now(stream).await;
        let ending = probe.ending("task").await;
        assert_eq!(
            ending,
            Ending::cut(200, Abort::Client),
            "{side:?} {leave:?}"
        );
        secured.all_ended();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_within_the_body_aborts_that_response_alone() {
    for side in SIDES {
        let probe = Probe::default();
        let (teller, body) = told();
        let app = app::telling(&probe, "task", body).merge(app::shapes(&probe));
        let secured = Secured::serve(side, app).await;
        let mut client = secured.http2().await;
        let stream = client.request("GET", "/").await;
        teller.data("begun");
        while client.frame().await.unwrap().kind != DATA {}
        client.reset(stream).await;
        teller.dropped().await;
        let ending = probe.ending("task").await;
        assert_eq!(ending, Ending::cut(200, Abort::Client), "{side:?}");
        client.get("/small/other").await;
        assert_eq!(probe.ending("other").await, Ending::sent(200));
        secured.all_ended();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_a_response_handed_over_but_stalled_aborts_it() {
    for side in SIDES {
        let probe = Probe::default();
        let secured = Secured::serve(side, app::shapes(&probe)).await;
        // Two bytes and the end lie in h2's queue, for want of window.
        let mut client = Http2::over(secured.connect().await, 3).await;
        let stream = client.request("GET", "/small/task").await;
        probe.happened("task/handed over").await;
        while client.frame().await.unwrap().kind != DATA {}
        client.reset(stream).await;
        let ending = probe.ending("task").await;
        assert_eq!(ending, Ending::cut(200, Abort::Client), "{side:?}");
        client.get("/204/other").await;
        assert_eq!(probe.ending("other").await, Ending::sent(204));
        secured.all_ended();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_behind_a_huge_response_is_told_as_the_client_sees_it() {
    // What TLS has taken is sent, reset or not; what h2 still holds is not.
    for side in SIDES {
        for shape in ["small", "204", "trailers"] {
            let probe = Probe::default();
            let secured = Secured::serve(side, app::shapes(&probe)).await;
            let stream = secured.connect().await;
            let address = stream.get_ref().0.local_addr().unwrap();
            let mut client = Http2::over(stream, http2::UNLIMITED).await;
            let huge = client.request("GET", "/huge/huge").await;
            secured.server.witness(address).blocked().await;
            let stream = client.request("GET", &format!("/{shape}/behind")).await;
            probe.happened("behind/handed over").await;
            client.reset(stream).await;
            let came = client.read_past(huge, stream).await;
            let is_end = |frame| http2::Response::default().add(frame);
            let ending = probe.ending("behind").await;
            let expected = (!came.iter().any(is_end)).then_some(Abort::Client);
            assert_eq!(ending.aborted, expected, "{shape} {side:?}");
            assert_eq!(probe.ending("huge").await, Ending::sent(200));
            secured.all_ended();
        }
    }
}

/// An app whose body ends when the test says so, behind TLS; the client has its
/// first chunk.
async fn under_way(
    side: Side,
    probe: &Probe,
) -> (Secured, Teller, Http2<TlsStream<TcpStream>>, u32) {
    let (teller, body) = told();
    let secured = Secured::serve(side, app::telling(probe, "task", body)).await;
    let mut client = secured.http2().await;
    let stream = client.request("GET", "/").await;
    teller.data("hello");
    while client.frame().await.unwrap().kind != DATA {}
    (secured, teller, client, stream)
}

/// Has the client read on to the end of the connection, which must have that of the
/// response.
async fn reads_the_end(client: &mut Http2<TlsStream<TcpStream>>, stream: u32) {
    let frames = client.rest().await;
    let is_end = |frame: &http2::Frame| frame.stream == stream && frame.flags & END_STREAM != 0;
    assert!(frames.iter().any(is_end), "{frames:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http2_the_last_response_after_a_go_away_is_sent() {
    for side in SIDES {
        let probe = Probe::default();
        let (secured, teller, mut client, stream) = under_way(side, &probe).await;
        client.send(http2::go_away_frame()).await;
        client.ping().await;
        drop(teller);
        reads_the_end(&mut client, stream).await;
        assert_eq!(probe.ending("task").await, Ending::sent(200), "{side:?}");
        secured.all_ended();
    }
}
