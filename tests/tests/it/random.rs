//! Exchanges drawn at random, judged by the witness outside of the code under
//! test: no task starts before the kernel of the server has the last byte of
//! its response, and none is lost.
//!
//! `CROSSTOWN_SEED` repeats a run, `CROSSTOWN_CASES` says how many exchanges.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use crosstown_runtime::{Abort, Outcome};
use crosstown_tests::body::{Chunks, cut, told};
use crosstown_tests::http1::{self, Http1};
use crosstown_tests::http2::{self, DATA, Http2};
use crosstown_tests::probe::{Ending, Probe};
use crosstown_tests::random::{Random, cases, seed};
use crosstown_tests::server::{Adapter, Server, start};
use crosstown_tests::slow::Slow;
use crosstown_tests::witness::{Record, Witness};
use crosstown_tests::{naive, tls, within};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::app::trailers;

const MOST: usize = 8 << 20;

/// One request and how it goes.
#[derive(Debug, Clone)]
struct Exchange {
    name: String,
    size: usize,
    chunk: usize,
    shape: Shape,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Known,
    Streamed,
    Yielding,
    Trailers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client reads all.
    Read,
    /// The client leaves once it has read so many bytes of the body.
    Left(u64),
    /// The body fails after so many bytes.
    Failed(usize),
}

/// What the client saw of an exchange.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// All of it, to this byte of the connection.
    Read(u64),
    Failed,
    Left,
}

impl Exchange {
    fn draw(random: &mut Random, name: String) -> Self {
        let size = random.skewed(MOST as u64) as usize;
        let chunk = 1 + random.skewed(256 << 10) as usize;
        let shape = match random.below(4) {
            0 => Shape::Known,
            1 => Shape::Streamed,
            2 => Shape::Yielding,
            _ => Shape::Trailers,
        };
        let part = random.below(size as u64 + 1);
        let end = match random.below(10) {
            0 => End::Left(part),
            1 if size > 0 => End::Failed(part as usize),
            _ => End::Read,
        };
        Self {
            name,
            size,
            // Not more than a thousand chunks.
            chunk: chunk.max(size / 1000),
            shape,
            end,
        }
    }

    fn path(&self) -> String {
        let shape = match self.shape {
            Shape::Known => 0,
            Shape::Streamed => 1,
            Shape::Yielding => 2,
            Shape::Trailers => 3,
        };
        let fails = match self.end {
            End::Failed(after) => after,
            End::Read | End::Left(_) => MOST,
        };
        let Self {
            name, size, chunk, ..
        } = self;
        format!("/{name}/{size}/{chunk}/{shape}/{fails}")
    }
}

/// A response as [`Exchange::path`] asks for it.
fn response(whole: &Bytes, size: usize, chunk: usize, shape: u8, fails: usize) -> Response {
    let whole = whole.slice(..size.min(fails));
    let chunks = cut(&whole, chunk);
    if fails < MOST {
        let (teller, body) = told();
        for chunk in chunks {
            teller.data(chunk);
        }
        teller.fail();
        return Response::new(Body::new(body));
    }
    let chunks = Chunks::new(chunks);
    Response::new(Body::new(match shape {
        0 => chunks.with_length(),
        1 => chunks,
        2 => chunks.yielding(),
        _ => chunks.with_trailers(trailers()),
    }))
}

type Asked = (String, usize, usize, u8, usize);

fn app(probe: &Probe, whole: &Bytes) -> Router {
    let handler = |State((probe, whole)): State<(Probe, Bytes)>, Path(asked): Path<Asked>| async move {
        let (name, size, chunk, shape, fails) = asked;
        probe.follow_ending(&name);
        response(&whole, size, chunk, shape, fails)
    };
    Router::new()
        .route("/{name}/{size}/{chunk}/{shape}/{fails}", any(handler))
        .with_state((probe.clone(), whole.clone()))
}

/// A promise that was broken.
#[derive(Debug)]
struct Broken {
    exchange: Exchange,
    fate: Fate,
    why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}, {:?})", self.why, self.exchange, self.fate)
    }
}

/// Judges how an exchange ended.
fn judge(exchange: &Exchange, fate: Fate, ending: &Ending) -> Result<(), String> {
    let right = match fate {
        Fate::Read(_) => *ending == Ending::sent(200),
        Fate::Failed => *ending == Ending::cut(200, Abort::Body),
        Fate::Left => {
            let failed = matches!(exchange.end, End::Failed(_));
            *ending == Ending::sent(200)
                || *ending == Ending::cut(200, Abort::Client)
                || *ending == Ending::unanswered(Abort::HandlerDropped)
                || failed && *ending == Ending::cut(200, Abort::Body)
        }
    };
    right.then_some(()).ok_or_else(|| format!("{ending:?}"))
}

/// Judges when the tasks of an exchange started: those that only start when it
/// was sent.
async fn judge_start(
    exchange: &Exchange,
    fate: Fate,
    probe: &Probe,
    record: &Record,
) -> Result<(), String> {
    let start = probe.start(&format!("{}/strict", exchange.name)).await;
    let accepted = record.accepted_at(start.tick);
    let end = match fate {
        Fate::Read(end) => end,
        // All of the body and something of a head, at the least.
        Fate::Left | Fate::Failed => exchange.size as u64,
    };
    if accepted < end {
        return Err(format!("started at byte {accepted} of {end}"));
    }
    let bytes = start.sent.bytes();
    if bytes != exchange.size as u64 {
        return Err(format!("{bytes} bytes were handed over"));
    }
    Ok(())
}

/// What a client speaks over.
trait Socket: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A connection of the client's, and what is known of it.
struct Connection {
    random: Random,
    exchanges: Vec<Exchange>,
    probe: Probe,
    witness: Arc<Witness>,
}

impl Connection {
    /// Plays the exchanges over HTTP/1 or HTTP/2.
    async fn play(&mut self, stream: impl Socket, mut random: Random) -> Vec<(Exchange, Fate)> {
        let rarity = random.below(3) * (1 + random.below(50));
        let stream = Slow::new(stream, random.clone(), rarity);
        match random.below(2) {
            0 => self.http1(stream).await,
            _ => self.http2(stream).await,
        }
    }

    /// Plays the exchanges over HTTP/1, one after the other.
    async fn http1(&mut self, stream: Slow<impl Socket>) -> Vec<(Exchange, Fate)> {
        let mut client = Http1::over(stream);
        let mut played = Vec::new();
        for exchange in std::mem::take(&mut self.exchanges) {
            client.request("GET", &exchange.path()).await;
            let fate = match exchange.end {
                End::Read => Fate::Read(client.response().await.end),
                End::Failed(_) => {
                    client.rest().await;
                    Fate::Failed
                }
                End::Left(after) => {
                    let registered = format!("{}/registered", exchange.name);
                    self.probe.happened(&registered).await;
                    client.take(after).await;
                    Fate::Left
                }
            };
            let is_last = exchange.end != End::Read;
            played.push((exchange, fate));
            if is_last {
                break;
            }
        }
        self.leave(client.into_io()).await;
        played
    }

    /// Plays the exchanges over HTTP/2, all at once.
    async fn http2(&mut self, stream: Slow<impl Socket>) -> Vec<(Exchange, Fate)> {
        let biggest = self.exchanges.iter().map(|exchange| exchange.size).max();
        let window = match self.random.below(3) {
            0 => http2::UNLIMITED,
            // Not more than some hundreds of windows.
            _ => (biggest.unwrap_or(0) / 300) as u32 + 1 + self.random.skewed(128 << 10) as u32,
        };
        let mut client = Http2::over(stream, window).await;
        let mut open = Vec::new();
        for exchange in std::mem::take(&mut self.exchanges) {
            let stream = client.request("GET", &exchange.path()).await;
            open.push((stream, exchange, http2::Response::default()));
        }
        let mut played = Vec::new();
        while !open.is_empty() {
            let frame = client.frame().await.expect("the server closed");
            let of = open.iter().position(|open| open.0 == frame.stream);
            let Some(at) = of else {
                continue;
            };
            let (stream, exchange, response) = &mut open[at];
            let fate = if response.add(&frame) {
                match response.reset {
                    None => Some(Fate::Read(response.end)),
                    Some(_) => Some(Fate::Failed),
                }
            } else if matches!(exchange.end, End::Left(after) if response.length >= after) {
                client.reset(*stream).await;
                Some(Fate::Left)
            } else {
                if frame.kind == DATA && window < http2::UNLIMITED && !frame.payload.is_empty() {
                    client.allow(*stream, frame.payload.len() as u32).await;
                }
                None
            };
            if let Some(fate) = fate {
                let (_, exchange, _) = open.swap_remove(at);
                let leaves = matches!(fate, Fate::Left) && self.random.once_in(2);
                played.push((exchange, fate));
                if leaves {
                    break;
                }
            }
        }
        for (_, exchange, _) in open {
            let registered = format!("{}/registered", exchange.name);
            self.probe.happened(&registered).await;
            played.push((exchange, Fate::Left));
        }
        self.leave(client.into_io()).await;
        played
    }

    async fn leave(&mut self, stream: Slow<impl Socket>) {
        let stream = stream.into_inner();
        if self.random.once_in(2) {
            stream.tcp().set_zero_linger().unwrap();
        }
    }
}

/// Plays the exchanges of one connection, and returns how many there were and
/// the promises that were broken.
async fn play(over: Over, mut random: Random, wrap: fn(Router) -> Router) -> Played {
    let Over { adapter, connector } = over;
    let whole = Bytes::from_static(&WHOLE);
    let probe = Probe::default();
    let server: Server = start(adapter, wrap(app(&probe, &whole))).await;
    let count = 1 + random.below(4);
    let exchanges = (0..count).map(|number| Exchange::draw(&mut random, number.to_string()));
    let exchanges: Vec<_> = exchanges.collect();
    let stream = http1::tcp(server.address).await;
    let mut connection = Connection {
        exchanges,
        probe: probe.clone(),
        witness: server.witness(stream.local_addr().unwrap()),
        random: random.clone(),
    };
    let played = match connector {
        None => connection.play(stream, random).await,
        Some(connector) => {
            let stream = within("TLS", connector.connect(tls::name(), stream)).await;
            connection.play(stream.unwrap(), random).await
        }
    };

    let mut broken = Vec::new();
    let count = played.len() as u64;
    for (exchange, fate) in played {
        let ending = probe.ending(&exchange.name).await;
        let mut found = judge(&exchange, fate, &ending);
        if found.is_ok() && ending.strict == Outcome::Completed {
            let record = connection.witness.record();
            found = judge_start(&exchange, fate, &probe, &record).await;
        }
        if let Err(why) = found {
            broken.push(Broken {
                exchange,
                fate,
                why,
            });
        }
    }
    Played {
        count,
        stats: server.executor.stats(),
        broken,
    }
}

static WHOLE: [u8; MOST] = [7; MOST];

/// What stands between the app and the socket, and how to connect to it.
#[derive(Clone)]
struct Over {
    adapter: Adapter,
    /// Over TLS.
    connector: Option<TlsConnector>,
}

impl Over {
    fn tcp(adapter: Adapter) -> Self {
        Self {
            adapter,
            connector: None,
        }
    }

    fn tls(wrapped: fn(TlsAcceptor) -> Adapter) -> Self {
        let (acceptor, connector) = tls::pair();
        Self {
            adapter: wrapped(acceptor),
            connector: Some(connector),
        }
    }
}

struct Played {
    count: u64,
    stats: crosstown_runtime::Stats,
    broken: Vec<Broken>,
}

/// Plays connections until there were `cases` exchanges; returns what broke.
async fn play_all(cases: u64, over: &[Over], wrap: fn(Router) -> Router) -> Vec<String> {
    let seed = seed();
    let (mut played, mut connection) = (0, 0);
    let mut broken = Vec::new();
    let mut open = JoinSet::new();
    while played < cases {
        while open.len() < 8 {
            let over = over[connection as usize % over.len()].clone();
            let random = Random::new(seed.wrapping_add(connection));
            let number = connection;
            connection += 1;
            open.spawn(async move {
                let what = format!("connection {number} of CROSSTOWN_SEED={seed}");
                let result = within(&what, play(over, random, wrap)).await;
                (what, result)
            });
        }
        let Some(Ok((what, result))) = open.join_next().await else {
            panic!("a connection of CROSSTOWN_SEED={seed} panicked");
        };
        played += result.count;
        let stats = result.stats;
        let right = stats.unfinished() == 0 && stats.registered == 3 * result.count;
        if !right && broken.is_empty() {
            broken.push(format!("{what}: {stats:?}"));
        }
        broken.extend(
            result
                .broken
                .iter()
                .map(|broken| format!("{what}: {broken}")),
        );
    }
    broken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_task_starts_early_and_none_is_lost() {
    let over = [Over::tcp(Adapter::Serve), Over::tcp(Adapter::LayerWire)];
    let broken = play_all(cases(1000), &over, |app| app).await;
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_no_task_starts_early_and_none_is_lost() {
    // As near as a witness under TLS can tell, which adds some bytes of its own.
    let over = [
        Over::tls(Adapter::WireInsideTls),
        Over::tls(Adapter::WireOutsideTls),
    ];
    let broken = play_all(cases(200), &over, |app| app).await;
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_that_fires_when_the_body_is_dropped_is_caught() {
    let broken = play_all(50, &[Over::tcp(Adapter::Layer)], naive::layered).await;
    let early = |broken: &&String| broken.contains("started at byte");
    assert!(broken.iter().filter(early).count() > 5, "{broken:?}");
}
