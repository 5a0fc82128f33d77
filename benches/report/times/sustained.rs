//! Tasks a second, with bodies that do nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Instant;

use crosstown_benches::respond;
use crosstown_runtime::{ResponseScope, crosstown_traffic};
use tokio::runtime::Runtime;

use super::{rounds, runtime};
use crate::ratio::{Side, in_turn, quantile, ratio, verdict};

const TASKS: u64 = 100_000;

/// How many tasks have yet to end, and who waits for the last.
struct Left {
    tasks: AtomicU64,
    waiting: Thread,
}

/// Starts some tasks.
type Way = fn(u64, &Arc<Left>);

/// Who starts how many at once.
#[derive(Clone, Copy)]
struct Shape {
    workers: u64,
    at_once: u64,
}

const ONE_RESPONSE: Shape = Shape {
    workers: 1,
    at_once: TASKS,
};

pub(super) fn part() -> String {
    let runtime = runtime();
    let workers = runtime.metrics().num_workers() as u64;
    let small = Shape {
        workers,
        at_once: 10,
    };
    format!(
        "\
### Tasks a second

{TASKS} tasks that do nothing, from the first registration to the last end; the
responses by `ResponseScope::new()`, for the global executor. Target: at least 0.9
of the better of tokio and rayon.

| tasks by | millions a second | ratio to the better | target |
| --- | ---: | --- | --- |
| *all by one worker, behind one response* | | | |
{}| *by all {workers} workers, 10 behind each response* | | | |
{}",
        rows(&runtime, ONE_RESPONSE),
        rows(&runtime, small),
    )
}

fn rows(runtime: &Runtime, shape: Shape) -> String {
    let ways: [Way; 4] = [follow_sync, follow_async, spawn, by_rayon];
    let sides = ways.map(|way| side(runtime, shape, way));
    let [sync, asynchronous, spawned, rayon] = in_turn(rounds(32), sides);
    let better: Vec<_> = spawned.iter().zip(&rayon).map(|(a, b)| a.max(*b)).collect();
    let row = |name: &str, rates: &[f64], ours: bool| {
        let ratio = ratio(rates, &better);
        let mut rates = rates.to_vec();
        rates.sort_by(f64::total_cmp);
        let target = if ours {
            verdict(ratio.median >= 0.9)
        } else {
            ""
        };
        let rate = quantile(&rates, 0.5) / 1e6;
        format!("| {name} | {rate:.2} | {ratio} | {target} |\n")
    };
    [
        row("crosstown, closures on the pool", &sync, true),
        row("crosstown, futures", &asynchronous, true),
        row("a loop of `tokio::spawn`", &spawned, false),
        row("a loop of `rayon::spawn`", &rayon, false),
    ]
    .concat()
}

fn side(runtime: &Runtime, shape: Shape, way: Way) -> Side<'_> {
    let times = TASKS / shape.workers / shape.at_once;
    let tasks = times * shape.workers * shape.at_once;
    Box::new(move || {
        let left = Arc::new(Left {
            tasks: tasks.into(),
            waiting: thread::current(),
        });
        let start = Instant::now();
        let workers = (0..shape.workers).map(|_| {
            let left = Arc::clone(&left);
            runtime.spawn(async move {
                for _ in 0..times {
                    way(shape.at_once, &left);
                    // As a server has other connections in between.
                    tokio::task::yield_now().await;
                }
            })
        });
        let workers = workers.collect::<Vec<_>>();
        for worker in workers {
            runtime.block_on(worker).expect("no panic");
        }
        // Whoever turned round here would take a processor from the tasks.
        while left.tasks.load(Ordering::Acquire) > 0 {
            thread::park();
        }
        tasks as f64 / start.elapsed().as_secs_f64()
    })
}

impl Left {
    fn end(&self) {
        if self.tasks.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.waiting.unpark();
        }
    }
}

fn follow_sync(tasks: u64, left: &Arc<Left>) {
    respond(ResponseScope::new(), || {
        (0..tasks).for_each(|_| {
            let left = Arc::clone(left);
            #[crosstown_traffic]
            fn task() {
                left.end();
            }
        });
    });
}

fn follow_async(tasks: u64, left: &Arc<Left>) {
    respond(ResponseScope::new(), || {
        (0..tasks).for_each(|_| {
            let left = Arc::clone(left);
            #[crosstown_traffic]
            async fn task() {
                left.end();
            }
        });
    });
}

fn spawn(tasks: u64, left: &Arc<Left>) {
    for _ in 0..tasks {
        let left = Arc::clone(left);
        drop(tokio::spawn(async move { left.end() }));
    }
}

fn by_rayon(tasks: u64, left: &Arc<Left>) {
    for _ in 0..tasks {
        let left = Arc::clone(left);
        rayon::spawn(move || left.end());
    }
}
