//! A server that ends on SIGTERM or Ctrl-C and loses nothing.
//!
//! ```text
//! cargo run --example graceful_shutdown -- --deadline-ms 10000 --task-ms 50
//! ```
//!
//! Each `POST /orders` is answered at once and followed by three tasks, one of
//! which registers another. Send some, then `kill -TERM` the process, the number
//! of which it prints: it stops to accept, answers what is under way, runs every
//! task, and says what became of them. When the deadline is too short for that,
//! the log names each task that is left, with its line and age. A second signal
//! ends it at once.

use std::net::SocketAddr;
use std::process::{ExitCode, exit};
use std::thread::sleep;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use crosstown_examples::Result;
use crosstown_runtime::{Executor, Stats, crosstown_traffic, follow_response};
use tokio::net::TcpListener;

/// How long a task takes.
#[derive(Clone, Copy)]
struct Work(Duration);

async fn place_order(State(Work(time)): State<Work>) -> StatusCode {
    #[crosstown_traffic]
    fn charge_card() {
        sleep(time);
        // Registered by a task, also while the server ends.
        follow_response(|| ());
    }

    #[crosstown_traffic]
    async fn send_receipt() {
        tokio::time::sleep(time).await;
    }

    #[crosstown_traffic(same_thread = true)]
    fn count_order() {}

    StatusCode::ACCEPTED
}

fn main() -> Result<ExitCode> {
    tracing_subscriber::fmt().with_ansi(false).init();
    let runtime = tokio::runtime::Runtime::new()?;
    let left = runtime.block_on(serve())?;
    // What is left is cut off here, and the log says so. Closures that run are
    // not waited for: whoever set the deadline does not want to.
    runtime.shutdown_timeout(Duration::from_millis(500));
    Ok(ExitCode::from(u8::from(left > 0)))
}

/// Serves until a signal comes. Returns how many tasks are left.
async fn serve() -> Result<u64> {
    let deadline = argument("--deadline-ms", 10_000)?;
    let work = Work(argument("--task-ms", 50)?);

    let app = Router::new()
        .route("/orders", post(place_order))
        .with_state(work);
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("process {}", std::process::id());
    println!("http://{}", listener.local_addr()?);

    let executor = Executor::new();
    crosstown_runtime::axum::serve(listener, app)
        .executor(executor.clone())
        .with_graceful_shutdown(first_of_two_signals())
        .drain_deadline(deadline)
        .await?;

    Ok(report(&executor.stats()))
}

/// Completes with the first signal. The second ends the process.
async fn first_of_two_signals() {
    signal().await;
    println!("stopping; a second signal ends at once");
    tokio::spawn(async {
        signal().await;
        println!("ended at once");
        exit(130);
    });
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be heard");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Prints the counts. Returns how many tasks are left.
fn report(stats: &Stats) -> u64 {
    println!("registered {}", stats.registered);
    println!("completed {}", stats.completed);
    println!("left {}", stats.unfinished());
    stats.unfinished()
}

fn argument(name: &str, default: u64) -> Result<Duration> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    let value = arguments.nth(1).map(|value| value.parse());
    Ok(Duration::from_millis(value.transpose()?.unwrap_or(default)))
}
