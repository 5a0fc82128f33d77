//! The whole life of a response and its tasks: registered, judged, run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crosstown_runtime::{Executor, ResponseScope, crosstown_traffic};
use tokio::runtime::Builder;

use super::{Captures, Meter, Scenario};
use crate::respond;

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
    "response/async_of_another_runtime" life(asynchronous): 1;
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
    let scope = || ResponseScope::new().executor(executor.clone());
    let is_async = scenario.name.contains("async");
    if scenario.name.contains("another_runtime") {
        // The first one that an executor meets has its own place.
        let first = Builder::new_current_thread().build().expect("a runtime");
        first.block_on(async { respond(scope(), || register(Captures::new())) });
    }
    for warm in [true, false] {
        WORKED.store(0, Ordering::Relaxed);
        let mut captures = vec![Captures::new(); scenario.operations as usize];
        let mut all = || {
            runtime.block_on(async {
                // The list is freed after the meter has stopped.
                respond(scope(), || captures.drain(..).for_each(register));
                // Looked at by hand: counts are summed up anew at each look.
                while is_async && !all_worked(scenario) {
                    tokio::task::yield_now().await;
                }
            });
        };
        if warm {
            all()
        } else {
            meter(&mut all)
        }
        runtime.block_on(executor.drain(Duration::MAX));
        // The pool's threads have no more to do then, but may not know yet.
        thread::sleep(Duration::from_millis(10));
    }
}
