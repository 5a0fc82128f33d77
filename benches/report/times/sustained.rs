//! Tasks a second, with bodies that do nothing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crosstown_runtime::{Executor, ResponseScope, crosstown_traffic};
use http::StatusCode;
use tokio::runtime::Runtime;

use super::{rounds, runtime};
use crate::ratio::{Side, in_turn, quantile, ratio, verdict};

const TASKS: u64 = 100_000;

type Done = Arc<AtomicU64>;

pub(super) fn part() -> String {
    let runtime = runtime();
    let sides = [follow_sync, follow_async, spawn, by_rayon].map(|way| side(&runtime, way));
    let [sync, asynchronous, spawned, rayon] = in_turn(rounds(30), sides);
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
    format!(
        "\
### Tasks a second

{TASKS} tasks that do nothing, of one response, from the first registration to
the last end, on a worker of the runtime. Target: at least 0.9 of the better of
tokio and rayon.

| tasks by | millions a second | ratio to the better | target |
| --- | ---: | --- | --- |
{}{}{}{}",
        row("crosstown, closures on the pool", &sync, true),
        row("crosstown, futures", &asynchronous, true),
        row("a loop of `tokio::spawn`", &spawned, false),
        row("a loop of `rayon::spawn`", &rayon, false),
    )
}

fn side(runtime: &Runtime, way: fn(&Done)) -> Side<'_> {
    Box::new(move || {
        let done = Done::default();
        let start = Instant::now();
        let counted = Arc::clone(&done);
        let spawning = runtime.spawn(async move { way(&counted) });
        runtime.block_on(spawning).expect("no panic");
        while done.load(Ordering::Acquire) < TASKS {
            std::thread::yield_now();
        }
        TASKS as f64 / start.elapsed().as_secs_f64()
    })
}

fn end(done: &Done) {
    done.fetch_add(1, Ordering::Release);
}

fn follow_sync(done: &Done) {
    respond(|| {
        let done = Arc::clone(done);
        #[crosstown_traffic]
        fn task() {
            end(&done);
        }
    });
}

fn follow_async(done: &Done) {
    respond(|| {
        let done = Arc::clone(done);
        #[crosstown_traffic]
        async fn task() {
            end(&done);
        }
    });
}

fn respond(mut register: impl FnMut()) {
    let scope = ResponseScope::new().executor(Executor::global().clone());
    let ((), scope) = scope.enter(|| (0..TASKS).for_each(|_| register()));
    let mut handler = pin!(scope.run(std::future::ready(())));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(((), pending)) = handler.as_mut().poll(&mut cx) else {
        unreachable!("the handler awaits nothing");
    };
    drop(pending.respond(StatusCode::OK).sent());
}

fn spawn(done: &Done) {
    for _ in 0..TASKS {
        let done = Arc::clone(done);
        drop(tokio::spawn(async move { end(&done) }));
    }
}

fn by_rayon(done: &Done) {
    for _ in 0..TASKS {
        let done = Arc::clone(done);
        rayon::spawn(move || end(&done));
    }
}
