//! Several threads that register and finish at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crosstown_benches::respond;
use crosstown_runtime::{Executor, ResponseScope, crosstown_traffic};
use tokio::runtime::Builder;

use super::rounds;
use crate::ratio::{Side, Spread, in_turn, ratio};

const RESPONSES: u64 = 20_000;
const TASKS: u64 = 5;

const THREADS: [usize; 4] = [1, 2, 4, 8];

/// What each thread does.
type Work = fn(&Executor);

pub(super) fn part() -> String {
    let (closures, waited) = table(respond_often);
    let (futures, _) = table(respond_on_own_runtime);
    format!(
        "\
### Several threads at once

Threads that each take responses with {TASKS} tasks through their whole life. Ratio
of responses a second to one thread: with one executor for all, and with one each,
which then share nothing at all. Target: no lock shared between requests.

| threads | one executor | an executor each | ratio of the two |
| ---: | --- | --- | --- |
| *closures on the same thread* | | | |
{closures}| *futures, a runtime for each thread* | | | |
{futures}
With one executor for all, the threads with closures gave up their processor, as for
a lock that another one held, {waited:.2} times in 1,000 responses.

"
    )
}

/// Returns the rows, and how often threads with one executor for all waited in
/// 1,000 responses, if the work counts that.
fn table(work: Work) -> (String, f64) {
    let sides = THREADS.map(|threads| -> Side<'static> {
        Box::new(move || rate(work, &vec![Executor::new(); threads]))
    });
    let shared = in_turn(rounds(20), sides);
    let waited = WAITED.swap(0, Ordering::Relaxed) as f64;
    let sides = THREADS.map(|threads| -> Side<'static> {
        let executors = (0..threads).map(|_| Executor::new()).collect::<Vec<_>>();
        Box::new(move || rate(work, &executors))
    });
    let apart = in_turn(rounds(20), sides);
    WAITED.store(0, Ordering::Relaxed);
    let mut text = String::new();
    for (i, threads) in THREADS.into_iter().enumerate() {
        let one = ratio(&shared[i], &shared[0]);
        let each = ratio(&apart[i], &apart[0]);
        let both: Spread = ratio(&shared[i], &apart[i]);
        text += &format!("| {threads} | {one} | {each} | {both} |\n");
    }
    let responses = THREADS.iter().sum::<usize>() as u64 * RESPONSES * rounds(20) as u64;
    (text, waited / responses as f64 * 1e3)
}

/// How often threads have given up their processor.
static WAITED: AtomicU64 = AtomicU64::new(0);

/// How often this thread has given up its processor, as Linux counts it.
fn waits() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let mut lines = status.lines();
    let count = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    count.map_or(0, |count| count.trim().parse().expect("a number"))
}

fn rate(work: Work, executors: &[Executor]) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for executor in executors {
            scope.spawn(move || work(executor));
        }
    });
    (RESPONSES * executors.len() as u64) as f64 / start.elapsed().as_secs_f64()
}

fn respond_often(executor: &Executor) {
    let before = waits();
    for _ in 0..RESPONSES {
        respond(scope(executor), || {
            (0..TASKS).for_each(|number| {
                #[crosstown_traffic(same_thread = true)]
                fn task() {
                    std::hint::black_box(number);
                }
            });
        });
    }
    WAITED.fetch_add(waits() - before, Ordering::Relaxed);
}

fn respond_on_own_runtime(executor: &Executor) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        for _ in 0..RESPONSES {
            let left = Arc::new(());
            respond(scope(executor), || {
                (0..TASKS).for_each(|_| {
                    let left = Arc::clone(&left);
                    #[crosstown_traffic]
                    async fn task() {
                        drop(left);
                    }
                });
            });
            while Arc::strong_count(&left) > 1 {
                tokio::task::yield_now().await;
            }
        }
    });
}

fn scope(executor: &Executor) -> ResponseScope {
    ResponseScope::new().executor(executor.clone())
}
