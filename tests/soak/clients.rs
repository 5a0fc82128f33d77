//! Clients, nine in ten of them patient.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
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

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

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
    /// The server.
    pub address: SocketAddr,
    /// When to stop, if the server does not before.
    pub until: Instant,
    /// Where the tasks of the requests go.
    pub executor: Executor,
    /// Whether the server is told to stop: then a client may find it gone.
    pub stopping: Arc<AtomicBool>,
    /// Counts the requests.
    pub requests: Arc<AtomicU64>,
}

impl Load {
    /// Sends requests until the time is up, or the server stops.
    pub async fn send(self) {
        let mut clients = JoinSet::new();
        for seed in 1..=HTTP1_CLIENTS {
            let load = self.clone();
            clients.spawn(async move { load.judge(load.over_http1(Dice(seed)).await) });
        }
        for seed in 1..=HTTP2_CLIENTS {
            let load = self.clone();
            clients.spawn(async move { load.judge(load.over_http2(seed * 100).await) });
        }
        clients.join_all().await;
    }

    /// Nothing may fail but what meets a server that stops.
    fn judge(&self, ended: Result<()>) {
        if let Err(error) = ended
            && !self.stopping.load(Ordering::SeqCst)
        {
            panic!("a client failed: {error:?}");
        }
    }

    /// Returns whether to go on, when there is room for the tasks of a request:
    /// the queue has no bound of its own here, and clients that outran the
    /// tasks would fill the memory.
    async fn goes_on(&self) -> bool {
        while self.executor.stats().unfinished() > MOST_WAITING {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Instant::now() < self.until
    }

    async fn connect(&self) -> Result<TokioIo<TcpStream>> {
        Ok(TokioIo::new(TcpStream::connect(self.address).await?))
    }

    fn request(&self, shape: &Shape) -> Request<Empty<Bytes>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let request = Request::get(format!("http://{}{}", self.address, shape.path));
        let request = request.header("host", "soak").body(Empty::new());
        request.expect("a request")
    }

    async fn over_http1(&self, mut dice: Dice) -> Result<()> {
        while self.goes_on().await {
            let (mut sender, connection) = http1::handshake(self.connect().await?).await?;
            let mut connections = JoinSet::new();
            connections.spawn(connection);
            while self.goes_on().await {
                let shape = dice.shape();
                let response = sender.send_request(self.request(&shape));
                if !shape.breaks_off {
                    read(response.await?.into_body()).await?;
                    sender.ready().await?;
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
                    drop(response.await?);
                }
                break;
            }
            // Dropped, the set closes the connection.
        }
        Ok(())
    }

    async fn over_http2(&self, seed: u64) -> Result<()> {
        let io = self.connect().await?;
        let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await?;
        let connection = tokio::spawn(connection);
        let mut streams = JoinSet::new();
        for stream in 1..=STREAMS {
            let (load, sender) = (self.clone(), sender.clone());
            let dice = Dice(seed + stream);
            streams.spawn(async move { load.over_stream(sender, dice).await });
        }
        drop(sender);
        let streams = streams.join_all().await;
        streams.into_iter().collect::<Result<()>>()?;
        Ok(connection.await??)
    }

    async fn over_stream(
        &self,
        mut sender: http2::SendRequest<Empty<Bytes>>,
        mut dice: Dice,
    ) -> Result<()> {
        while self.goes_on().await {
            let shape = dice.shape();
            sender.ready().await?;
            let response = sender.send_request(self.request(&shape)).await?;
            // Dropping a response resets its stream.
            if !shape.breaks_off {
                read(response.into_body()).await?;
            }
        }
        Ok(())
    }
}

async fn read(mut body: Incoming) -> Result<()> {
    while let Some(frame) = body.frame().await {
        frame?;
    }
    Ok(())
}
