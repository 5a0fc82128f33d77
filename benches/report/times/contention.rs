//! Several threads that register and finish at once.

use std::pin::pin;
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
for all, and with one each, which then share nothing at all.

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

fn rate(threads: usize, executors: &[Executor]) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| {
        for executor in &executors[..threads] {
            scope.spawn(move || (0..RESPONSES).for_each(|_| respond(executor)));
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
