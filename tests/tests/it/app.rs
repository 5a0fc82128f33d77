//! The app that most tests serve: a response of each shape.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use axum::routing::any;
use bytes::Bytes;
use crosstown_tests::Once;
use crosstown_tests::body::{Chunks, Told, pattern};
use crosstown_tests::naive::OnDrop;
use crosstown_tests::probe::Probe;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt;

/// More than the buffers of two kernels take.
pub const HUGE: usize = 32 << 20;

/// Answers `/{shape}/{name}` with a response of that shape, which tasks of that
/// name follow; see [`Probe::follow_ending`]. The event `name/handed over` says
/// that the transport has dropped the body.
pub fn shapes(probe: &Probe) -> Router {
    let handler = |State(probe): State<Probe>, Path((shape, name)): Path<(String, String)>| async move {
        probe.follow_ending(&name);
        let handed_over = move || probe.event(format!("{name}/handed over"));
        response(&shape).map(|body| Body::new(OnDrop::new(body, handed_over)))
    };
    Router::new()
        .route("/{shape}/{name}", any(handler))
        .with_state(probe.clone())
}

pub fn response(shape: &str) -> Response<Body> {
    let status = |status| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response
    };
    let body = |body| Response::new(Body::new(body));
    match shape {
        "204" => status(204),
        "304" => status(304),
        "404" => status(404),
        "zero" => {
            let mut response = status(200);
            let headers = response.headers_mut();
            headers.insert("content-length", HeaderValue::from_static("0"));
            response
        }
        // It says the length of what it does not send.
        "304_with_length" => {
            let mut response = status(304);
            let headers = response.headers_mut();
            headers.insert("content-length", HeaderValue::from_static("5"));
            response
        }
        "grpc_error" => {
            let mut response = status(200);
            let headers = response.headers_mut();
            headers.insert("content-type", HeaderValue::from_static("application/grpc"));
            headers.insert("grpc-status", HeaderValue::from_static("5"));
            response
        }
        "grpc_error_with_length" => {
            let mut response = response("grpc_error");
            let headers = response.headers_mut();
            headers.insert("content-length", HeaderValue::from_static("5"));
            response
        }
        "small" => Response::new(Body::from("hello")),
        "big" => body(Chunks::new(pattern(1 << 20, 10_000)).with_length()),
        "huge" => Response::new(Body::from(vec![7; HUGE])),
        "chunked" => body(Chunks::new(pattern(50_000, 700))),
        "yielding" => body(Chunks::new(pattern(50_000, 7000)).yielding()),
        "nothing" => body(Chunks::new(Vec::new())),
        "empty_chunks" => body(Chunks::new(vec![Bytes::new(), "x".into(), Bytes::new()])),
        "trailers" => body(Chunks::new(pattern(50_000, 700)).with_trailers(trailers())),
        "only_trailers" => body(Chunks::new(Vec::new()).with_trailers(trailers())),
        // The head says more, or less, than the body has.
        "too_short" => with_length(Chunks::new(pattern(5, 5)), 10),
        "said_too_short" => with_length(Chunks::new(pattern(5, 5)).with_end(), 10),
        "too_long" => with_length(Chunks::new(pattern(10, 5)).yielding(), 5),
        _ => panic!("no such shape: {shape}"),
    }
}

fn with_length(body: Chunks, length: u64) -> Response<Body> {
    let mut response = Response::new(Body::new(body));
    let headers = response.headers_mut();
    headers.insert("content-length", length.into());
    response
}

pub fn trailers() -> HeaderMap {
    let checksum = HeaderName::from_static("x-checksum");
    HeaderMap::from_iter([(checksum, HeaderValue::from_static("right"))])
}

/// Answers `/` once, as `respond` does, followed by tasks named `name`.
pub fn answering(
    probe: &Probe,
    name: &'static str,
    respond: impl FnOnce() -> Response<Body> + Send + 'static,
) -> Router {
    let (probe, respond) = (probe.clone(), Once::new(respond));
    let handler = any(move || async move {
        probe.follow_ending(name);
        respond.take()()
    });
    Router::new().route("/", handler)
}

/// Answers `/` with a body of the test's own.
pub fn telling(probe: &Probe, name: &'static str, body: Told) -> Router {
    answering(probe, name, || Response::new(Body::new(body)))
}

/// Answers `/` with a body of the test's own. Its task starts on the thread that ends
/// the response.
pub fn telling_here(probe: &Probe, name: &'static str, body: Told) -> Router {
    let (probe, body) = (probe.clone(), Once::new(body));
    let handler = any(move || async move {
        probe.follow_with(name, |task| task.same_thread(true));
        Body::new(body.take())
    });
    Router::new().route("/", handler)
}

/// Answers `/` with a body that panics at its first chunk.
pub fn panicking_body(probe: &Probe, name: &'static str) -> Router {
    answering(probe, name, || {
        let body = Chunks::new(pattern(5, 5));
        Response::new(Body::new(body.map_frame(|_| panic!("a body panics"))))
    })
}

/// Answers `/` never: its handler works for ever, and says when it is dropped.
pub fn working(probe: &Probe, name: &'static str) -> Router {
    struct Dropped(Probe);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.event("handler dropped");
        }
    }
    let probe = probe.clone();
    let handler = any(move || async move {
        probe.follow_ending(name);
        let _dropped = Dropped(probe);
        std::future::pending::<()>().await;
    });
    Router::new().route("/", handler)
}

/// Answers `/` with a panic.
pub fn panicking(probe: &Probe, name: &'static str) -> Router {
    answering(probe, name, || panic!("a handler panics"))
}

/// Panics where code is wanted that returns.
pub fn give_up(why: &str) {
    panic!("{why}");
}
