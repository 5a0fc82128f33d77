//! Many clients that pause at once.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use bytes::Bytes;
use crosstown_runtime::{Executor, Task};
use crosstown_tests::http1::{self, Http1};
use crosstown_tests::{PATIENCE, within};
use tokio::net::TcpSocket;

/// What a pending task may cost, with its share of the response's state: the
/// task with its closure, and its place in the list of those that wait.
const BYTES_A_TASK: u64 = 512;
const TASKS: u64 = 50;
const MARK: &str = "CROSSTOWN_MANY_CLIENTS";

/// More than the narrow buffers of two kernels take.
static BODY: [u8; 512 << 10] = [7; 512 << 10];

/// Memory of the process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages = statm.split(' ').nth(1).unwrap();
    pages.parse::<u64>().unwrap() * 4096
}

/// How many clients the limit on open files allows for, 2,000 at the most; of
/// each of two kinds, with two ends each.
fn clients() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().nth(3)?.parse::<usize>().ok());
    (soft.unwrap_or(1024).saturating_sub(200) / 4).min(2000)
}

/// Asks `count` times for `path`, and reads no body.
async fn pause(server: std::net::SocketAddr, count: usize, path: &str) -> Vec<Http1> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let mut client = http1::connect_narrow(server, 8 << 10).await;
        client.request("GET", path).await;
        clients.push(client);
    }
    clients
}

async fn two_thousand() {
    let clients = clients();
    let ran = Arc::new(AtomicU64::new(0));
    let handler = {
        let ran = Arc::clone(&ran);
        get(move |Path(tasks): Path<u64>| async move {
            for _ in 0..tasks {
                let ran = Arc::clone(&ran);
                let count = move || {
                    ran.fetch_add(1, Ordering::Relaxed);
                };
                Task::new(count).same_thread(true).follow_response();
            }
            Body::from(Bytes::from_static(&BODY))
        })
    };
    // The sockets that it accepts have its buffer.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(8 << 10).unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1024).unwrap();
    let address = listener.local_addr().unwrap();
    let executor = Executor::new();
    let app = Router::new().route("/{tasks}", handler);
    let server = crosstown_runtime::axum::serve(listener, app).executor(executor.clone());
    tokio::spawn(server.into_future());

    // Warm: what is made once.
    let warm = pause(address, 50, "/50").await;
    let tasks = clients as u64 * TASKS;
    let registered = async |count: u64| {
        while executor.stats().registered < count {
            tokio::task::yield_now().await;
        }
    };
    within("the first", registered(50 * TASKS)).await;
    drop(warm);
    assert!(executor.drain(PATIENCE).await.is_complete());
    let ran_before = ran.load(Ordering::Relaxed);

    let before = resident();
    let plain = pause(address, clients, "/0").await;
    let mut probe = http1::connect(address).await;
    probe.get("/0").await;
    let between = resident();
    let mut followed = pause(address, clients, &format!("/{TASKS}")).await;
    within("all requests", registered(50 * TASKS + tasks)).await;
    let after = resident();
    assert_eq!(executor.stats().pending, tasks);
    assert_eq!(ran.load(Ordering::Relaxed), ran_before);

    let without = between.saturating_sub(before);
    let with = after.saturating_sub(between);
    let a_task = with.saturating_sub(without) / tasks;
    println!(
        "{clients} clients: {} bytes each without tasks, {} with {TASKS}: {a_task} a task",
        without / clients as u64,
        with / clients as u64,
    );
    assert!(a_task <= BYTES_A_TASK, "{a_task} bytes a task");

    // One half reads on, the other half leaves.
    let leaving = followed.split_off(clients / 2);
    drop((leaving, plain));
    for client in &mut followed {
        assert_eq!(client.response().await.body.len(), BODY.len());
    }
    let drained = executor.drain(PATIENCE).await;
    assert!(drained.is_complete(), "{:?}", drained.stats());
    assert_eq!(ran.load(Ordering::Relaxed) - ran_before, tasks);
}

#[test]
fn two_thousand_paused_clients_cost_little_a_task() {
    if std::env::var_os(MARK).is_some() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(two_thousand());
        return;
    }
    // In a process of its own, whose memory no other test uses, with as many open
    // files as it may have.
    let output = Command::new("sh")
        .args(["-c", r#"ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("many_clients::two_thousand_paused_clients_cost_little_a_task")
        .env(MARK, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let cried = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{cried}");
    assert!(said.contains("1 passed"), "{said}");
    println!("{said}");
}
