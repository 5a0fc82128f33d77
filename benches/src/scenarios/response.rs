//! The whole life of a response and its tasks: registered, judged, run.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use crosstown_runtime::{Executor, ResponseScope, crosstown_traffic};
use http::StatusCode;
use tokio::runtime::Builder;

use super::{Captures, Meter, Scenario};

macro_rules! scenarios {
    ($($prefix:literal $run:ident($register:ident): $($operations:literal)*;)*) => {
        &[$($(Scenario {
            name: concat!($prefix, "/", $operations),
            operations: $operations,
            run: |scenario, meter| $run(scenario, meter, $register),
        },)*)*]
    };
}

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "response/same_thread" life(same_thread): 1 10 100 10000 100000;
    "response/async" life(asynchronous): 1 10 100 10000 100000;
    "response/pool" life(pool): 1 10 100 10000 100000;
    "response/no_go" life(no_go): 100;
    "pending" pending(nothing): 1 10 100 10000 100000;
};

fn same_thread(captures: Captures) {
    #[crosstown_traffic(same_thread = true)]
    fn call() {
        captures.work();
    }
}

fn asynchronous(captures: Captures) {
    #[crosstown_traffic]
    async fn call() {
        captures.work();
        WORKED.fetch_add(1, Ordering::Relaxed);
    }
}

/// What is counted of this is the thread of the request: the pool's threads
/// take the tasks by themselves.
fn pool(captures: Captures) {
    #[crosstown_traffic]
    fn call() {
        captures.work();
    }
}

fn no_go(captures: Captures) {
    #[crosstown_traffic(no_go = ["2xx"])]
    fn call() {
        captures.work();
    }
}

/// Captures nothing, so that all bytes are the task's own.
fn nothing(_: Captures) {
    #[crosstown_traffic]
    fn call() {}
}

/// Registers, and holds the tasks until the meter has stopped.
fn pending(scenario: &Scenario, meter: Meter, register: fn(Captures)) {
    let captures = Captures::new();
    for warm in [true, false] {
        let mut scope = Some(ResponseScope::new());
        let mut all = || {
            let ((), entered) = scope.take().expect("run once").enter(|| {
                (0..scenario.operations).for_each(|_| register(captures.clone()));
            });
            scope = Some(entered);
        };
        if warm { all() } else { meter(&mut all) }
    }
}

/// How many futures have done their work.
static WORKED: AtomicU64 = AtomicU64::new(0);

fn all_worked(scenario: &Scenario) -> bool {
    WORKED.load(Ordering::Relaxed) == scenario.operations
}

fn life(scenario: &Scenario, meter: Meter, register: fn(Captures)) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let executor = Executor::new();
    for warm in [true, false] {
        WORKED.store(0, Ordering::Relaxed);
        let mut captures = vec![Captures::new(); scenario.operations as usize];
        let mut all = || {
            runtime.block_on(async {
                let scope = ResponseScope::new().executor(executor.clone());
                // The list is freed after the meter has stopped.
                let handler = async { captures.drain(..).for_each(register) };
                let mut handler = pin!(scope.run(handler));
                let poll = handler
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()));
                let Poll::Ready(((), pending)) = poll else {
                    unreachable!("the handler awaits nothing");
                };
                drop(pending.respond(StatusCode::OK).sent());
                // Looked at by hand: counts are summed up anew at each look.
                while scenario.name.contains("async") && !all_worked(scenario) {
                    tokio::task::yield_now().await;
                }
            });
        };
        if warm {
            all()
        } else {
            meter(&mut all)
        }
        runtime.block_on(executor.drain(std::time::Duration::MAX));
    }
}
