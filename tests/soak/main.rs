//! A real server under real load for a while, then a SIGTERM in the middle of
//! it: every task has one outcome, and memory and threads are back where they
//! were.
//!
//! ```text
//! CROSSTOWN_SOAK_SECONDS=60 cargo test --release -p crosstown-soak -- --nocapture
//! ```
//!
//! Without the variable it runs for 3 seconds, to show that it works. HTTP/1
//! and HTTP/2 with bodies from nothing to a megabyte; one response in ten is
//! broken off by its client; of the tasks 1 % panic, 1 % fail, 2 % are
//! cancelled, by the handler or by another task.
#![cfg(unix)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crosstown_runtime::Executor;
use crosstown_soak::app::{self, Ledger};
use crosstown_soak::clients::Load;
use crosstown_soak::process::{self, Level};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

/// How far the bytes that are allocated may be above their level before the
/// load: a fraction of one a task. parking_lot's table of the threads that were
/// there at once takes most of it, 57 KiB as a rule and then 90.
const BYTES_KEPT: usize = 160 << 10;

/// The same for what the allocator has from the kernel, which follows the peak
/// of the load: glibc's gives back little of it.
const RESIDENT_KEPT: usize = 32 << 20;

/// So many tasks a minute are to be had on two cores.
const TASKS_A_MINUTE: f64 = 1_000_000.0;

/// No wait comes near it, unless something is lost.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn nothing_is_lost_under_load() {
    let seconds = std::env::var("CROSSTOWN_SOAK_SECONDS");
    let seconds: f64 = seconds.map_or(3.0, |seconds| seconds.parse().unwrap());
    expect_panics();

    let at_first = Level::now();
    let soak = Soak::start();
    soak.load(seconds / 4.0);
    let before = soak.level("before");
    let tasks_before = soak.executor.stats().registered;
    soak.load(seconds);
    let tasks = soak.executor.stats().registered - tasks_before;
    let after = soak.level("after");
    println!("{tasks} tasks in between");
    assert_back(before, after);

    soak.terminate_under_load();
    let at_last = Level::now();
    println!("at first {at_first}\nat last  {at_last}");
    assert_back(at_first, at_last);
    assert_eq!(at_first.threads, at_last.threads);
    if seconds >= 60.0 {
        assert!(tasks as f64 >= TASKS_A_MINUTE * seconds / 60.0);
    }
}

/// Keeps the log free of a million panics that are expected.
fn expect_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if panic.payload().downcast_ref::<app::Expected>().is_none() {
            eprintln!("{panic}");
        }
    }));
}

fn assert_back(before: Level, after: Level) {
    assert!(after.live <= before.live + BYTES_KEPT);
    assert!(after.resident <= before.resident + RESIDENT_KEPT);
}

/// A server, and the runtimes of both sides.
struct Soak {
    server_side: Runtime,
    client_side: Runtime,
    executor: Executor,
    ledger: Arc<Ledger>,
    address: SocketAddr,
    served: JoinHandle<std::io::Result<()>>,
}

impl Soak {
    fn start() -> Self {
        let (server_side, client_side) = (runtime(), runtime());
        let (executor, ledger) = (app::executor(), Arc::default());
        let (address, served) = server_side.block_on(serve(&executor, &ledger));
        Self {
            server_side,
            client_side,
            executor,
            ledger,
            address,
            served,
        }
    }

    fn load_for(&self, seconds: f64) -> Load {
        Load {
            address: self.address,
            until: Instant::now() + Duration::from_secs_f64(seconds),
            executor: self.executor.clone(),
            stopping: Arc::default(),
            requests: Arc::default(),
        }
    }

    fn load(&self, seconds: f64) {
        let load = self.load_for(seconds);
        let requests = Arc::clone(&load.requests);
        self.client_side.block_on(load.send());
        println!("{} requests", requests.load(Ordering::Relaxed));
    }

    /// Returns the level when nothing runs, the books agree, and the threads for
    /// closures and the last connections are gone.
    fn level(&self, when: &str) -> Level {
        let drained = self.server_side.block_on(self.executor.drain(LONG));
        assert!(drained.is_complete(), "{:?}", drained.unfinished());
        self.ledger.assert_agrees_with(&drained.stats());
        let until = Instant::now() + Duration::from_secs(10);
        let mut level = Level::now();
        loop {
            thread::sleep(Duration::from_millis(300));
            let earlier = std::mem::replace(&mut level, Level::now());
            if earlier.live == level.live || Instant::now() > until {
                println!("{when}: {level}");
                return level;
            }
        }
    }

    /// Sends a SIGTERM while clients send requests, and waits for the end of
    /// both.
    fn terminate_under_load(self) {
        let load = self.load_for(LONG.as_secs_f64());
        let (stopping, requests) = (Arc::clone(&load.stopping), Arc::clone(&load.requests));
        let until = load.until;
        let clients = self.client_side.spawn(load.send());
        let mut before = self.executor.stats();
        wait_for(|| {
            before = self.executor.stats();
            requests.load(Ordering::Relaxed) > 1_000 && before.unfinished() > 0
        });
        stopping.store(true, Ordering::SeqCst);
        process::terminate();
        let served = async { tokio::time::timeout(LONG, self.served).await };
        self.server_side.block_on(served).unwrap().unwrap().unwrap();

        let stats = self.executor.stats();
        assert_eq!(stats.unfinished(), 0, "the server has waited for its tasks");
        self.ledger.assert_agrees_with(&stats);
        println!(
            "{} tasks were unfinished at the signal",
            before.unfinished()
        );
        println!("{stats:#?}");
        assert!(stats.registered > before.registered);
        self.client_side.block_on(clients).unwrap();
        assert!(Instant::now() < until, "clients found the server gone");
    }
}

fn wait_for(mut what: impl FnMut() -> bool) {
    let until = Instant::now() + LONG;
    while !what() {
        assert!(Instant::now() < until);
        thread::sleep(Duration::from_millis(1));
    }
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(2).enable_all();
    builder
        .thread_keep_alive(Duration::from_millis(100))
        .build()
        .unwrap()
}

async fn serve(
    executor: &Executor,
    ledger: &Arc<Ledger>,
) -> (SocketAddr, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut terminate = signal(SignalKind::terminate()).unwrap();
    let server = crosstown_runtime::axum::serve(listener, app::app(ledger))
        .executor(executor.clone())
        .with_graceful_shutdown(async move { _ = terminate.recv().await });
    (address, tokio::spawn(server.into_future()))
}
