//! Responses over a transport that takes little at a time, and is pending when it
//! need not be.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crosstown_tests::chopped::Chopped;
use crosstown_tests::http1::Http1;
use crosstown_tests::http2::{DATA, END_STREAM, HEADERS, Http2};
use crosstown_tests::place::{Io, Place};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::random::{Random, cases, seed};
use crosstown_tests::server::{listen, speak};
use crosstown_tests::witness::{Witness, Witnessed};
use crosstown_tests::{http1, within};

use crate::app;

/// What is asked for, and its status.
const SHAPES: [(&str, u16); 11] = [
    ("204", 204),
    ("304", 304),
    ("304_with_length", 304),
    ("grpc_error", 200),
    ("zero", 200),
    ("small", 200),
    ("chunked", 200),
    ("yielding", 200),
    ("empty_chunks", 200),
    ("trailers", 200),
    ("only_trailers", 200),
];

/// A server of one connection.
struct Server {
    address: SocketAddr,
    probe: Probe,
    witness: Arc<Witness>,
    /// Whether the client can tell bytes of the response by those of the wire.
    is_plain: bool,
}

/// Serves one connection. Returns the client's end of it, too.
async fn serve(place: Place, random: Random) -> (Server, Box<dyn Io>) {
    let (listener, address) = listen().await;
    let (probe, witness) = (Probe::default(), Arc::<Witness>::default());
    let (end, client) = place.ends();
    let (app, seen) = (app::shapes(&probe), Arc::clone(&witness));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let stream = Witnessed::new(Chopped::new(stream, random), seen);
        let (stream, layer) = end.wrap(stream).await;
        speak(stream, layer, app).await;
    });
    let server = Server {
        address,
        probe,
        witness,
        is_plain: place == Place::Plain,
    };
    let client = client.speak(http1::tcp(server.address).await).await;
    (server, client)
}

impl Server {
    /// Checks that a task began when its response was out, up to byte `end`.
    async fn was_sent(&self, name: &str, status: u16, end: u64) {
        let ending = self.probe.ending(name).await;
        assert_eq!(ending, Ending::sent(status), "{name}");
        if self.is_plain {
            let start = self.probe.start(name).await;
            let accepted = self.witness.record().accepted_at(start.tick);
            assert!(accepted >= end, "{name} began at {accepted} of {end}");
        }
    }

    async fn http1(&self, client: Box<dyn Io>) {
        let mut client = Http1::over(client);
        for (shape, status) in SHAPES {
            let response = client.get(&format!("/{shape}/{shape}")).await;
            assert_eq!(response.status, status, "{shape}");
            self.was_sent(shape, status, response.end).await;
        }
    }

    async fn http2(&self, client: Box<dyn Io>) {
        let mut client = Http2::over(client, 3_000).await;
        let mut streams = HashMap::new();
        for (shape, status) in SHAPES {
            let stream = client.request("GET", &format!("/{shape}/{shape}")).await;
            client.allow(stream, 200_000).await;
            streams.insert(stream, (shape, status));
        }
        let mut ends = Vec::new();
        while ends.len() < streams.len() {
            let frame = within("a frame", client.frame()).await.unwrap();
            let is_of_one = matches!(frame.kind, DATA | HEADERS);
            if is_of_one && frame.flags & END_STREAM != 0 {
                ends.push((streams[&frame.stream], frame.end));
            }
        }
        for ((shape, status), end) in ends {
            self.was_sent(shape, status, end).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_response_is_sent_with_its_last_byte() {
    let seed = seed();
    for case in 0..cases(5) {
        for place in Place::ALL {
            eprintln!("case {case} of CROSSTOWN_SEED={seed}, {place:?}");
            let random = Random::new(seed.wrapping_add(case));
            let (server, client) = serve(place, random.clone()).await;
            server.http1(client).await;
            let (server, client) = serve(place, random).await;
            server.http2(client).await;
        }
    }
}
