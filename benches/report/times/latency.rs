//! From the last byte that the kernel accepted to the start of a task.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use crosstown_benches::server::stamped::{Stamp, Stamped};
use crosstown_benches::server::{Probe, Stack, bind, serve};
use crosstown_runtime::crosstown_traffic;
use tokio::runtime::Runtime;

use super::{rounds, runtime};
use crate::ratio::{Side, in_turn, quantile, ratio, verdict};

/// Requests in one round.
const REQUESTS: usize = 50;
const PAUSE: Duration = Duration::from_micros(500);

#[derive(Clone, Copy)]
enum Way {
    SameThread,
    Pool,
    ByHand,
}

pub(super) fn part() -> String {
    let runtime = runtime();
    let sides = [Way::SameThread, Way::Pool, Way::ByHand].map(|way| side(&runtime, way));
    let [same, pool, hand] = in_turn(rounds(60), sides);
    let median = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        quantile(&values, 0.5)
    };
    let beside = ratio(&pool, &hand);
    format!(
        "\
### From the last byte to the start of the task

From the return of the write that gave the kernel the last byte to the first
line of the task; one request at a time over HTTP/1, an idle thread in the pool.
A round's figure is the median of {REQUESTS} requests. Targets: 2 µs on the same
thread; on the pool, within 10 % of `spawn_blocking` called right after that
write.

| task | µs, median of the rounds | ratio to `spawn_blocking` | target |
| --- | ---: | --- | --- |
| `same_thread` | {:.2} | | {} |
| on the pool | {:.2} | {beside} | {} |
| `spawn_blocking` after the write | {:.2} | | |
",
        median(&same),
        verdict(median(&same) <= 2.0),
        median(&pool),
        verdict(beside.median <= 1.1),
        median(&hand),
    )
}

/// Where a task says when it began.
struct Began {
    stamp: OnceLock<Arc<Stamp>>,
    began: Sender<u64>,
    armed: AtomicBool,
}

impl Began {
    fn now(&self) {
        if let Some(stamp) = self.stamp.get() {
            let now = stamp.now();
            self.began
                .send(now - stamp.written())
                .expect("somebody listens");
        }
    }
}

fn side(runtime: &Runtime, way: Way) -> Side<'_> {
    let (sender, receiver) = channel();
    let began = Arc::new(Began {
        stamp: OnceLock::new(),
        began: sender,
        armed: AtomicBool::new(false),
    });
    let address = runtime.block_on(start(way, began));
    let mut probe = Probe::connect(address);
    Box::new(move || round(&mut probe, &receiver))
}

async fn start(way: Way, began: Arc<Began>) -> SocketAddr {
    let (listener, address) = bind().await;
    let stamp = match way {
        Way::SameThread | Way::Pool => Stamp::new(),
        Way::ByHand => {
            let began = Arc::clone(&began);
            Stamp::and_then(move || {
                if began.armed.swap(false, Ordering::Relaxed) {
                    let began = Arc::clone(&began);
                    drop(tokio::task::spawn_blocking(move || began.now()));
                }
            })
        }
    };
    assert!(began.stamp.set(Arc::clone(&stamp)).is_ok(), "set once");
    let app = Router::new().route("/", get(move || respond(way, Arc::clone(&began))));
    let stack = match way {
        Way::ByHand => Stack::Plain,
        Way::SameThread | Way::Pool => Stack::Serve,
    };
    serve(stack, Stamped::new(listener, stamp), app);
    address
}

async fn respond(way: Way, began: Arc<Began>) -> &'static str {
    match way {
        Way::SameThread => {
            #[crosstown_traffic(same_thread = true)]
            fn task() {
                began.now();
            }
        }
        Way::Pool => {
            #[crosstown_traffic]
            fn task() {
                began.now();
            }
        }
        Way::ByHand => began.armed.store(true, Ordering::Relaxed),
    }
    "hello"
}

fn round(probe: &mut Probe, began: &Receiver<u64>) -> f64 {
    let mut latencies = Vec::new();
    // What the first request of the connection began.
    thread::sleep(PAUSE);
    while began.try_recv().is_ok() {}
    for _ in 0..REQUESTS {
        probe.request();
        // The pool's thread goes back to sleep in that time.
        thread::sleep(PAUSE);
        latencies.extend(began.try_iter().map(|nanoseconds| nanoseconds as f64 / 1e3));
    }
    latencies.sort_by(f64::total_cmp);
    quantile(&latencies, 0.5)
}
