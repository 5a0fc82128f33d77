//! How long a response takes with 100 tasks of 50 ms behind it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use crosstown_benches::server::stamped::{Stamp, Stamped};
use crosstown_benches::server::{Client, Http, Probe, Stack, bind, hello, serve};
use crosstown_runtime::crosstown_traffic;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::handmade::{Later, spawn_on_drop};
use super::{rounds, runtime};
use crate::ratio::{Side, Spread, in_turn, quantile, verdict};

const TASKS: u64 = 100;
const WORK: Duration = Duration::from_millis(50);
const CLIENTS: usize = 64;

/// How a handler gets the tasks off its path.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    None,
    Crosstown,
    CrosstownAsync,
    Spawn,
    SpawnBlocking,
    OnDrop,
}

const WAYS: [(Way, &str); 6] = [
    (Way::None, "no tasks"),
    (Way::Crosstown, "crosstown, closures"),
    (Way::CrosstownAsync, "crosstown, futures"),
    (Way::Spawn, "`tokio::spawn` in the handler"),
    (Way::SpawnBlocking, "`spawn_blocking` in the handler"),
    (Way::OnDrop, "a layer that spawns when the body is dropped"),
];

pub(super) fn part() -> String {
    let mut text = format!(
        "\
### The response with {TASKS} tasks of {} ms behind it

Response time as its client sees it over HTTP/1, beside the same handler
without tasks. Futures sleep on tokio's timer, closures on a thread. Targets:
at most 1.05 at the median, 1.1 at the 99th percentile; no task begun before the
last byte was written; the last one done within 5 ms of the work's own time.
Written: the median until the kernel took the last byte. What the client takes
from there on is its own way to one of the processors, which it shares with the
tasks.

| tasks by | clients beside | median (ms) | ratio | 99th (ms) | ratio | written (ms) | begun early | last done after (ms) | target |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
",
        WORK.as_millis()
    );
    for clients in [0, CLIENTS] {
        text += &table(clients);
    }
    text
}

/// What one side measured in all rounds.
#[derive(Default)]
struct Seen {
    early: u64,
    begun: u64,
    written: Vec<f64>,
    done_after: Vec<f64>,
}

fn table(clients: usize) -> String {
    // The clients that load the server have a runtime, and its threads, apart.
    let [server, beside] = [runtime(), runtime()];
    let mut seen: [Seen; 6] = Default::default();
    let mut sides = Vec::new();
    for ((way, _), seen) in WAYS.into_iter().zip(&mut seen) {
        sides.push(side([&server, &beside], way, clients, seen));
    }
    let Ok(sides) = <[Side<'_>; 6]>::try_from(sides) else {
        unreachable!("one a way");
    };
    let times = in_turn(rounds(204), sides);
    let percentiles = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        [0.5, 0.99].map(|q| quantile(&times, q) * 1e3)
    });
    let none = percentiles[0];
    let mut text = String::new();
    for (i, (way, name)) in WAYS.into_iter().enumerate() {
        let [median, high] = percentiles[i];
        let ratios = [median / none[0], high / none[1]];
        text += &format!(
            "| {name} | {clients} | {median:.3} | {:.2} | {high:.3} | {:.2} | {} |\n",
            ratios[0],
            ratios[1],
            seen[i].row(way, ratios),
        );
    }
    text
}

impl Seen {
    fn row(&self, way: Way, ratios: [f64; 2]) -> String {
        let written = Spread::of(self.written.clone()).median;
        if way == Way::None {
            return format!("{written:.3} | | | ");
        }
        let early = self.early as f64 / self.begun.max(1) as f64 * 100.0;
        let done = Spread::of(self.done_after.clone()).median;
        let met = ratios[0] <= 1.05 && ratios[1] <= 1.1 && self.early == 0 && done <= 5.0;
        let target = match way {
            Way::Crosstown | Way::CrosstownAsync => verdict(met),
            _ => "",
        };
        format!("{written:.3} | {early:.0} % | {done:.1} | {target}")
    }
}

/// When the tasks of one response began and ended.
struct Tasks {
    stamp: Arc<Stamp>,
    begun: [AtomicU64; TASKS as usize],
    done: AtomicU64,
    last: AtomicU64,
}

impl Tasks {
    fn begin(&self, task: usize) {
        self.begun[task].store(self.stamp.now(), Ordering::Relaxed);
    }

    fn end(&self) {
        self.last.fetch_max(self.stamp.now(), Ordering::Relaxed);
        self.done.fetch_add(1, Ordering::Release);
    }
}

fn side<'a>(
    [runtime, beside]: [&'a Runtime; 2],
    way: Way,
    clients: usize,
    seen: &'a mut Seen,
) -> Side<'a> {
    let stamp = Stamp::new();
    let tasks = Arc::new(Tasks {
        stamp: Arc::clone(&stamp),
        begun: [const { AtomicU64::new(0) }; TASKS as usize],
        done: AtomicU64::new(0),
        last: AtomicU64::new(0),
    });
    let loading = Arc::new(AtomicBool::new(false));
    let address = runtime.block_on(async {
        let (listener, address) = bind().await;
        let app = Router::new()
            .route("/", get(move |tasks| respond(way, tasks)))
            .with_state(Arc::clone(&tasks));
        let app = match way {
            Way::OnDrop => app.layer(from_fn(spawn_on_drop)),
            _ => app,
        };
        let stack = match way {
            Way::None | Way::Crosstown | Way::CrosstownAsync => Stack::Serve,
            _ => Stack::Plain,
        };
        serve(stack, Stamped::new(listener, stamp), app);
        // The others load a listener of their own: the stamp is one for all.
        let (listener, others) = bind().await;
        serve(stack, listener, hello());
        for _ in 0..clients {
            beside.spawn(load(others, Arc::clone(&loading)));
        }
        address
    });
    let mut probe = Probe::connect(address);
    Box::new(move || {
        loading.store(true, Ordering::Relaxed);
        let time = round(way, &mut probe, &tasks, seen);
        loading.store(false, Ordering::Relaxed);
        time
    })
}

/// One request after another, as long as it is this side's turn.
async fn load(address: SocketAddr, loading: Arc<AtomicBool>) {
    let io = TcpStream::connect(address).await.expect("a connection");
    let mut client = Client::connect(io, Http::One).await;
    loop {
        if loading.load(Ordering::Relaxed) {
            client.request().await;
        } else {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn round(way: Way, probe: &mut Probe, tasks: &Tasks, seen: &mut Seen) -> f64 {
    // Until the tasks of the first request are over, and the load is on.
    finished(way, tasks);
    thread::sleep(Duration::from_millis(5));
    tasks.done.store(0, Ordering::Relaxed);
    tasks.last.store(0, Ordering::Relaxed);
    let (before, sent) = (tasks.stamp.written(), tasks.stamp.now());
    let start = Instant::now();
    probe.request();
    let time = start.elapsed().as_secs_f64();
    let written = tasks.stamp.written_after(before);
    seen.written.push((written - sent) as f64 / 1e6);
    finished(way, tasks);
    if way != Way::None {
        let begun = tasks
            .begun
            .iter()
            .map(|begun| begun.load(Ordering::Relaxed));
        seen.early += begun.filter(|begun| *begun < written).count() as u64;
        seen.begun += TASKS;
        let last = tasks.last.load(Ordering::Relaxed).saturating_sub(written);
        seen.done_after
            .push(last as f64 / 1e6 - WORK.as_secs_f64() * 1e3);
    }
    time
}

fn finished(way: Way, tasks: &Tasks) {
    while way != Way::None && tasks.done.load(Ordering::Acquire) < TASKS {
        thread::sleep(Duration::from_millis(1));
    }
}

/// A task's work, with the captures that all ways share.
fn call(tasks: &Tasks, task: usize) {
    tasks.begin(task);
    std::thread::sleep(WORK);
    tasks.end();
}

async fn call_async(tasks: &Tasks, task: usize) {
    tasks.begin(task);
    tokio::time::sleep(WORK).await;
    tasks.end();
}

async fn respond(way: Way, State(tasks): State<Arc<Tasks>>) -> Response {
    let each = (0..TASKS as usize).map(|task| (Arc::clone(&tasks), task));
    match way {
        Way::None => {}
        Way::Crosstown => each.for_each(|(tasks, task)| {
            #[crosstown_traffic]
            fn place_call() {
                call(&tasks, task);
            }
        }),
        Way::CrosstownAsync => each.for_each(|(tasks, task)| {
            #[crosstown_traffic]
            async fn place_call() {
                call_async(&tasks, task).await;
            }
        }),
        Way::Spawn => each.for_each(|(tasks, task)| {
            drop(tokio::spawn(async move { call_async(&tasks, task).await }));
        }),
        Way::SpawnBlocking => each.for_each(|(tasks, task)| {
            drop(tokio::task::spawn_blocking(move || call(&tasks, task)));
        }),
        Way::OnDrop => {
            let mut later = Later::default();
            for (tasks, task) in each {
                later.0.push(Arc::new(move || call(&tasks, task)));
            }
            return (Extension(later), "hello").into_response();
        }
    }
    "hello".into_response()
}
