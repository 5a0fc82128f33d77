//! Clients, nine in ten of them patient.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use crosstown_runtime::Executor;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const HTTP1_CLIENTS: u64 = 12;
const HTTP2_CLIENTS: u64 = 4;
const STREAMS: u64 = 4;
/// How many tasks may wait before clients do.
const MOST_WAITING: u64 = 20_000;

/// Numbers that look random, the same in each run.
struct Dice(u64);

/// What one request is like.
struct Shape {
    path: String,
    breaks_off: bool,
}

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // xorshift64*, by Vigna.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    fn shape(&mut self) -> Shape {
        let tasks = match self.roll(100) {
            0 => 1_000,
            1..10 => 0,
            _ => self.roll(100),
        };
        let bytes = match self.roll(50) {
            0 => 1 << 20,
            1..5 => 100_000,
            5..10 => 0,
            _ => self.roll(2_000),
        };
        Shape {
            path: format!("/{tasks}/{bytes}"),
            breaks_off: self.roll(10) == 0,
        }
    }
}

/// Where requests go, and for how long.
#[derive(Clone)]
pub struct Load {
    pub address: SocketAddr,
    pub until: Instant,
    pub executor: Executor,
}

impl Load {
    /// Returns whether to go on, when there is room for the tasks of a request:
    /// the queue has no bound of its own here, and clients that outran the
    /// tasks would fill the memory.
    async fn goes_on(&self) -> bool {
        while self.executor.stats().unfinished() > MOST_WAITING {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Instant::now() < self.until
    }
}

/// Sends requests until the time is up. Returns how many.
pub async fn load(load: Load) -> u64 {
    let mut clients = JoinSet::new();
    for seed in 1..=HTTP1_CLIENTS {
        clients.spawn(over_http1(load.clone(), Dice(seed)));
    }
    for seed in 1..=HTTP2_CLIENTS {
        clients.spawn(over_http2(load.clone(), seed * 100));
    }
    clients.join_all().await.into_iter().sum()
}

async fn connect(address: SocketAddr) -> TokioIo<TcpStream> {
    TokioIo::new(TcpStream::connect(address).await.unwrap())
}

fn request(address: SocketAddr, path: &str) -> Request<Empty<Bytes>> {
    let request = Request::get(format!("http://{address}{path}"));
    request.header("host", "soak").body(Empty::new()).unwrap()
}

async fn read(mut body: Incoming) {
    while let Some(frame) = body.frame().await {
        frame.expect("a whole response");
    }
}

async fn over_http1(load: Load, mut dice: Dice) -> u64 {
    let address = load.address;
    let mut requests = 0;
    while load.goes_on().await {
        let (mut sender, connection) = http1::handshake(connect(address).await).await.unwrap();
        let connection = tokio::spawn(connection);
        while load.goes_on().await {
            requests += 1;
            let shape = dice.shape();
            let response = sender.send_request(request(address, &shape.path));
            if !shape.breaks_off {
                read(response.await.unwrap().into_body()).await;
                sender.ready().await.unwrap();
                continue;
            }
            // Some hang up before the head has come, some after it.
            if dice.roll(2) == 0 {
                tokio::select! {
                    biased;
                    _ = response => {}
                    () = tokio::task::yield_now() => {}
                }
            } else {
                drop(response.await);
            }
            break;
        }
        connection.abort();
    }
    requests
}

async fn over_http2(load: Load, seed: u64) -> u64 {
    let address = load.address;
    let io = connect(address).await;
    let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut streams = JoinSet::new();
    for stream in 1..=STREAMS {
        let (mut sender, mut dice) = (sender.clone(), Dice(seed + stream));
        let load = load.clone();
        streams.spawn(async move {
            let mut requests = 0;
            while load.goes_on().await {
                requests += 1;
                let shape = dice.shape();
                sender.ready().await.unwrap();
                let response = sender.send_request(request(address, &shape.path));
                // Dropping a response resets its stream.
                match shape.breaks_off {
                    false => read(response.await.unwrap().into_body()).await,
                    true => drop(response.await),
                }
            }
            requests
        });
    }
    drop(sender);
    let requests = streams.join_all().await.into_iter().sum();
    connection.await.unwrap().unwrap();
    requests
}
