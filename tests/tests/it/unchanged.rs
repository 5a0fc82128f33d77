//! What a client receives is what axum alone sends.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Path;
use axum::routing::any;
use crosstown_runtime::crosstown_traffic;
use crosstown_tests::http2::{DATA, END_STREAM, HEADERS};
use crosstown_tests::server::{Adapter, plain, start};
use crosstown_tests::{http1, http2};

use crate::app;

const ADAPTERS: [Adapter; 3] = [Adapter::Serve, Adapter::Layer, Adapter::LayerWire];
const METHODS: [&str; 3] = ["GET", "HEAD", "POST"];
const SHAPES: [&str; 17] = [
    "204",
    "304",
    "404",
    "zero",
    "304_with_length",
    "grpc_error",
    "small",
    "big",
    "chunked",
    "yielding",
    "nothing",
    "empty_chunks",
    "trailers",
    "only_trailers",
    "too_short",
    "said_too_short",
    "too_long",
];

/// Each shape, by each method.
fn asked() -> impl Iterator<Item = (&'static str, &'static str)> {
    METHODS
        .into_iter()
        .flat_map(|method| SHAPES.map(|shape| (method, shape)))
}

fn alone() -> Router {
    let handler = async |Path(shape): Path<String>| app::response(&shape);
    Router::new().route("/{shape}", any(handler))
}

fn followed() -> Router {
    let handler = async |Path(shape): Path<String>| {
        #[crosstown_traffic]
        fn task() {}
        app::response(&shape)
    };
    Router::new().route("/{shape}", any(handler))
}

/// All that came in answer to one request, but for the date.
async fn bytes(address: SocketAddr, method: &str, shape: &str, request: &str) -> String {
    let mut client = http1::connect(address).await;
    client
        .send(format!("{method} /{shape} {request}\r\n\r\n"))
        .await;
    let came = String::from_utf8_lossy(&client.rest().await).into_owned();
    let lines = came.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("date: ")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http1_every_byte_is_the_same() {
    let requests = [
        "HTTP/1.0",
        "HTTP/1.1\r\nhost: a\r\nconnection: close\r\nte: trailers",
    ];
    let alone = plain(alone()).await;
    for adapter in ADAPTERS {
        let server = start(adapter, followed()).await;
        for (method, shape) in asked() {
            for request in requests {
                let expected = bytes(alone, method, shape, request).await;
                let came = bytes(server.address, method, shape, request).await;
                assert!(came == expected, "{method} {shape} {request}:\n{came}");
            }
        }
    }
}

/// The frames of a response, as if its end had none of its own, and the contents of
/// those with data.
async fn frames(address: SocketAddr, method: &str, shape: &str) -> Vec<(u8, u8, Vec<u8>)> {
    let mut client = http2::connect(address).await;
    let stream = client.request(method, &format!("/{shape}")).await;
    let (mut frames, mut response) = (Vec::new(), http2::Response::default());
    let mut is_over = false;
    while !is_over {
        let frame = client.frame_of(stream).await;
        is_over = response.add(&frame);
        let data = if frame.kind == HEADERS {
            Vec::new()
        } else {
            frame.payload
        };
        frames.push((frame.kind, frame.flags, data));
    }
    if let [.., before, (DATA, END_STREAM, data)] = &mut frames[..]
        && data.is_empty()
    {
        before.1 |= END_STREAM;
        frames.pop();
    }
    frames
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http2_the_frames_are_the_same_but_for_an_empty_one_at_the_end() {
    let alone = plain(alone()).await;
    for adapter in ADAPTERS {
        let server = start(adapter, followed()).await;
        for (method, shape) in asked() {
            let expected = frames(alone, method, shape).await;
            let came = frames(server.address, method, shape).await;
            let shown = |frames: &[(u8, u8, Vec<u8>)]| {
                let frames = frames.iter();
                let frames = frames.map(|(kind, flags, data)| (*kind, *flags, data.len()));
                frames.collect::<Vec<_>>()
            };
            assert!(
                came == expected,
                "{method} {shape}:\n{:?}\n{:?}",
                shown(&came),
                shown(&expected)
            );
        }
    }
}
