//! Several threads that register and finish at once.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

use crosstown_runtime::{Executor, ResponseScope, crosstown_traffic};
use http::StatusCode;

use super::rounds;
use crate::ratio::{Side, Spread, in_turn, ratio};

const RESPONSES: u64 = 20_000;
const TASKS: u64 = 5;

pub(super) fn part() -> String {
    let sides = [1, 2, 4, 8].map(|threads| -> Side<'static> {
        Box::new(move || rate(threads, &vec![Executor::new(); threads]))
    });
    let shared = in_turn(rounds(20), sides);
    let waited = WAITED.swap(0, Ordering::Relaxed);
    let responses = (1 + 2 + 4 + 8) * RESPONSES * rounds(20) as u64;
    let waited = waited as f64 / responses as f64 * 1e3;
    let sides = [1, 2, 4, 8].map(|threads| -> Side<'static> {
        let executors = (0..threads).map(|_| Executor::new()).collect::<Vec<_>>();
        Box::new(move || rate(threads, &executors))
    });
    let apart = in_turn(rounds(20), sides);
    let mut text = format!(
        "\
### Several threads at once

Threads that each take responses with {TASKS} tasks on the same thread through
their whole life. Ratio of responses a second to one thread: with one executor
for all, and with one each, which then share nothing at all. With one for all,
the threads gave up their processor, as for a lock that another one held,
{waited:.2} times in 1,000 responses. Target: no lock shared between requests.

| threads | one executor | an executor each | ratio of the two |
| ---: | --- | --- | --- |
"
    );
    for (i, threads) in [1, 2, 4, 8].into_iter().enumerate() {
        let one = ratio(&shared[i], &shared[0]);
        let each = ratio(&apart[i], &apart[0]);
        let both: Spread = ratio(&shared[i], &apart[i]);
        text += &format!("| {threads} | {one} | {each} | {both} |\n");
    }
    text
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

fn rate(threads: usize, executors: &[Executor]) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for executor in &executors[..threads] {
            scope.spawn(move || {
                let before = waits();
                (0..RESPONSES).for_each(|_| respond(executor));
                WAITED.fetch_add(waits() - before, Ordering::Relaxed);
            });
        }
    });
    (RESPONSES * threads as u64) as f64 / start.elapsed().as_secs_f64()
}

fn respond(executor: &Executor) {
    let scope = ResponseScope::new().executor(executor.clone());
    let mut handler = pin!(scope.run(async {
        for number in 0..TASKS {
            #[crosstown_traffic(same_thread = true)]
            fn task() {
                std::hint::black_box(number);
            }
        }
    }));
    let poll = handler
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(((), pending)) = poll else {
        unreachable!("the handler awaits nothing");
    };
    drop(pending.respond(StatusCode::OK).sent());
}
