//! A real server under real load for a while, then a graceful stop: every task
//! has one outcome, and memory and threads are back where they were.
//!
//! ```text
//! CROSSTOWN_SOAK_SECONDS=60 cargo test --release -p crosstown-tests --test soak -- --nocapture
//! ```
//!
//! Without the variable it runs for 3 seconds, to show that it works. HTTP/1
//! and HTTP/2 with bodies from nothing to a megabyte; one response in ten is
//! broken off by its client; of the tasks 1 % panic, 1 % fail, 2 % are
//! cancelled, by the handler or by another task.

mod app;
mod clients;
mod process;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosstown_runtime::{Executor, Stats};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use app::Ledger;
use clients::Load;

/// How far memory may be above its level before the load, when all is over:
/// what the allocator keeps of the load's peak.
const BYTES_KEPT: u64 = 16 << 20;

/// So many tasks a minute are to be had on two cores.
const TASKS_A_MINUTE: f64 = 1_000_000.0;

#[test]
fn nothing_is_lost_under_load() {
    let seconds = std::env::var("CROSSTOWN_SOAK_SECONDS");
    let seconds: f64 = seconds.map_or(3.0, |seconds| seconds.parse().unwrap());
    // A million expected panics would fill the log.
    std::panic::set_hook(Box::new(|panic| {
        if panic.payload().downcast_ref::<app::Expected>().is_none() {
            eprintln!("{panic}");
        }
    }));

    let threads_before = process::threads();
    let (server_side, client_side) = (runtime(), runtime());
    let executor = app::executor();
    let ledger = Arc::new(Ledger::default());
    let (address, stop, served) = server_side.block_on(serve(&executor, &ledger));

    load(&client_side, address, &executor, seconds / 4.0);
    quiesce(&server_side, &executor);
    let bytes_before = process::resident_bytes();

    let before = executor.stats();
    let began = Instant::now();
    load(&client_side, address, &executor, seconds);
    let took = began.elapsed();
    stop.send(()).unwrap();
    server_side.block_on(served).unwrap().unwrap();

    let stats = executor.stats();
    assert_eq!(stats.unfinished(), 0, "the server has waited for its tasks");
    ledger.assert_agrees_with(&stats);
    quiesce(&server_side, &executor);
    let bytes_after = process::resident_bytes();
    report(&before, &stats, took);
    println!("resident bytes {bytes_before} before, {bytes_after} after");
    assert!(bytes_after <= bytes_before + BYTES_KEPT);

    drop((server_side, client_side));
    let threads_after = process::threads();
    println!("threads {threads_before} before, {threads_after} after");
    assert_eq!(threads_before, threads_after);
    let tasks = (stats.registered - before.registered) as f64;
    if seconds >= 60.0 {
        assert!(tasks >= TASKS_A_MINUTE * seconds / 60.0, "{tasks} tasks");
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
) -> (
    SocketAddr,
    oneshot::Sender<()>,
    JoinHandle<std::io::Result<()>>,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = crosstown_runtime::axum::serve(listener, app::app(ledger))
        .executor(executor.clone())
        .with_graceful_shutdown(async { _ = stopped.await });
    (address, stop, tokio::spawn(server.into_future()))
}

fn load(runtime: &Runtime, address: SocketAddr, executor: &Executor, seconds: f64) {
    let load = Load {
        address,
        until: Instant::now() + Duration::from_secs_f64(seconds),
        executor: executor.clone(),
    };
    println!("{} requests", runtime.block_on(clients::load(load)));
}

/// Waits until nothing runs and the threads for closures have gone home.
fn quiesce(runtime: &Runtime, executor: &Executor) {
    let drained = runtime.block_on(executor.drain(Duration::from_secs(60)));
    assert!(drained.is_complete(), "{:?}", drained.unfinished());
    let until = Instant::now() + Duration::from_secs(10);
    // The test's own threads, and two workers for each runtime.
    while process::threads() > 6 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn report(before: &Stats, after: &Stats, took: Duration) {
    let tasks = after.registered - before.registered;
    println!("{tasks} tasks in {took:.1?}; {after:#?}");
}
