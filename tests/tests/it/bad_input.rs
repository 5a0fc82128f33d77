//! Input that is no HTTP: no task of another request is touched, nothing in the
//! crate panics, and every scope ends.

use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use crosstown_tests::body::{Teller, told};
use crosstown_tests::http1::{self, Http1};
use crosstown_tests::http2::{self, DATA, HEADERS, PREFACE, WINDOW_UPDATE, frame};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::random::{Random, cases, seed};
use crosstown_tests::server::{Server, serve};

use crate::app;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts the panics that begin in the crate, from here on. The conformance
/// kit, whose handlers panic when asked, does not count.
fn count_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map_or("", |place| place.file());
            if place.contains("crosstown-runtime/src") && !place.contains("conformance") {
                PANICS.fetch_add(1, Ordering::Relaxed);
            }
            before(info);
        }));
    });
}

/// A server with a good request under way while bad ones come.
struct Bystander {
    probe: Probe,
    server: Server,
    client: Http1,
    teller: Teller,
}

impl Bystander {
    async fn wait() -> Self {
        count_panics();
        let probe = Probe::default();
        let (teller, body) = told();
        // Where no request comes by whose bytes are changed at random: `/?` is `/`.
        let app = Router::new().nest("/bystander", app::telling(&probe, "bystander", body));
        let app = app.merge(app::shapes(&probe));
        let server = serve(app).await;
        let mut client = http1::connect(server.address).await;
        client.request("GET", "/bystander").await;
        client.head().await;
        Self {
            probe,
            server,
            client,
            teller,
        }
    }

    /// Finishes the good request, and checks that it has not been touched.
    async fn finish(mut self) {
        assert!(!self.probe.is_finished("bystander"));
        drop(self.teller);
        assert_eq!(self.client.take(5).await, b"0\r\n\r\n");
        let ending = self.probe.ending("bystander").await;
        assert_eq!(ending, Ending::sent(200));
        self.client.get("/small/next").await;
        assert_eq!(self.probe.ending("next").await, Ending::sent(200));
        // Those of the bad ones have ended before.
        drop(self.client);
        let executor = self.server.executor.clone();
        self.server.stopped().await;
        assert_eq!(executor.stats().unfinished(), 0);
        assert_eq!(PANICS.load(Ordering::Relaxed), 0);
    }
}

/// Sends `bytes` on a connection of its own, and waits for the server to be
/// done with it.
async fn send(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut client = http1::connect(server.address).await;
    let witness = server.witness(client.address());
    client.try_send(bytes).await;
    client.finish_if_open().await;
    let answer = client.rest().await;
    drop(client);
    witness.closed().await;
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_over_http1_touches_nobody() {
    let bystander = Bystander::wait().await;
    let many = "x: y\r\n".repeat(1000);
    let long = format!("x: {}\r\n", "y".repeat(1 << 20));
    let garbage = [
        "\0\0\0\0".to_owned(),
        "hello\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET /small/a HTTP/9.9\r\n\r\n".to_owned(),
        "GET /small/b HTTP/1.1\r\nbad header\r\n\r\n".to_owned(),
        format!("GET /small/c HTTP/1.1\r\n{many}\r\n"),
        format!("GET /small/d HTTP/1.1\r\n{long}\r\n"),
        "GET /small/e HTTP/1.1\r\ncontent-length: -1\r\n\r\n".to_owned(),
        "POST /small/f HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab".to_owned(),
        "POST /small/g HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_owned(),
        "GET /small/h HTTP/1.1\r\nhost: a\r\n\r\n\0garbage behind it".to_owned(),
        // The head of a client that takes its time, and goes.
        "GET /small/i HTTP/1.1\r\nhos".to_owned(),
    ];
    for bytes in &garbage {
        send(&bystander.server, bytes.as_bytes()).await;
    }
    bystander.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_comes_byte_by_byte_holds_nobody_up() {
    let bystander = Bystander::wait().await;
    let mut slow = http1::connect(bystander.server.address).await;
    for byte in b"GET /small/slow HTTP/1.1\r\nhost: a\r\nx" {
        slow.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    let mut other = http1::connect(bystander.server.address).await;
    other.get("/small/other").await;
    assert_eq!(bystander.probe.ending("other").await, Ending::sent(200));
    assert!(!bystander.probe.is_finished("slow"));
    drop(slow);
    bystander.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_http2_frames_end_their_connection_and_touch_no_other() {
    let bystander = Bystander::wait().await;
    let head = http2::request_head("GET", "/huge/x");
    let bad = [
        // Before and behind the preface.
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage garbage garbage".to_vec(),
        [PREFACE, &[0; 9]].concat(),
        // On a connection that is set up.
        frame(HEADERS, 5, 0, &head),
        frame(HEADERS, 5, 2, &head),
        frame(HEADERS, 5, 5, b"\xff\xff\xff\xff"),
        frame(DATA, 0, 0, b"x"),
        frame(DATA, 0, 99, b"x"),
        frame(WINDOW_UPDATE, 0, 0, &[0; 4]),
        frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]),
        frame(http2::RST_STREAM, 0, 99, &[0; 4]),
        frame(http2::SETTINGS, 0, 0, &[0; 5]),
        frame(http2::PING, 0, 0, &[0; 3]),
        frame(9, 4, 1, &head),
        vec![0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1],
    ];
    for (number, bytes) in bad.iter().enumerate() {
        if number < 2 {
            send(&bystander.server, bytes).await;
            continue;
        }
        // With a response of its own under way.
        let mut client = http2::connect(bystander.server.address).await;
        let witness = bystander.server.witness(client.address());
        let name = format!("bad{number}");
        let stream = client.request("GET", &format!("/huge/{name}")).await;
        bystander
            .probe
            .happened(&format!("{name}/registered"))
            .await;
        witness.blocked().await;
        client.send(bytes).await;
        let frames = client.rest_or_end_of(stream).await;
        drop(client);
        let ending = bystander.probe.ending(&name).await;
        let whole = frames == app::HUGE as u64;
        assert_eq!(ending.aborted.is_none(), whole, "{number}: {ending:?}");
    }
    bystander.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_with_bytes_changed_at_random_touch_nobody() {
    let seed = seed();
    let bystander = Bystander::wait().await;
    for case in 0..cases(300) {
        let mut random = Random::new(seed.wrapping_add(case));
        let mut bytes = match case % 2 {
            0 => format!("GET /chunked/{case} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes(),
            _ => {
                let head = http2::request_head("GET", &format!("/chunked/{case}"));
                let frames = [
                    PREFACE.to_vec(),
                    frame(http2::SETTINGS, 0, 0, &[]),
                    frame(HEADERS, 5, 1, &head),
                    http2::ping_frame(),
                    frame(HEADERS, 5, 3, &http2::request_head("GET", "/none")),
                ];
                frames.concat()
            }
        };
        for _ in 0..=random.below(3) {
            // Behind the preface, for that is tried above.
            let start = if case % 2 == 0 { 0 } else { PREFACE.len() };
            let at = start + random.below((bytes.len() - start) as u64) as usize;
            match random.below(3) {
                0 => bytes[at] = random.number() as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, random.number() as u8),
            }
        }
        eprintln!("case {case} of CROSSTOWN_SEED={seed}");
        send(&bystander.server, &bytes).await;
    }
    bystander.finish().await;
}
