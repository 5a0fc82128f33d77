//! Registering on the request path, beside handing the same work to tokio.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crosstown_runtime::{Executor, ResponseScope, Task, crosstown_traffic};
use tokio::runtime::{Builder, Runtime};

use super::{Captures, Meter, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "register_sync/crosstown/first",
        operations: 1,
        run: |scenario, meter| in_scope(scenario, meter, follow_sync),
    },
    Scenario {
        name: "register_sync/crosstown",
        operations: 100,
        run: |scenario, meter| in_scope(scenario, meter, follow_sync),
    },
    Scenario {
        name: "register_sync/crosstown/builder",
        operations: 100,
        run: |scenario, meter| in_scope(scenario, meter, follow_built),
    },
    Scenario {
        name: "register_sync/by_hand",
        operations: 100,
        run: |scenario, meter| in_runtime(scenario, meter, spawn_sync),
    },
    Scenario {
        name: "register_async/crosstown/first",
        operations: 1,
        run: |scenario, meter| in_scope(scenario, meter, follow_async),
    },
    Scenario {
        name: "register_async/crosstown",
        operations: 100,
        run: |scenario, meter| in_scope(scenario, meter, follow_async),
    },
    Scenario {
        name: "register_async/by_hand",
        operations: 100,
        run: |scenario, meter| in_runtime(scenario, meter, spawn_async),
    },
];

fn follow_sync(captures: Captures) {
    #[crosstown_traffic]
    fn call() {
        captures.work();
    }
}

fn follow_built(captures: Captures) {
    Task::new(move || captures.work()).follow_response();
}

fn spawn_sync(captures: Captures) {
    drop(tokio::task::spawn_blocking(move || captures.work()));
}

fn follow_async(captures: Captures) {
    #[crosstown_traffic]
    async fn call() {
        captures.work();
    }
}

fn spawn_async(captures: Captures) {
    drop(tokio::spawn(async move { captures.work() }));
}

/// As a web server has it; one worker, since waking another one would only
/// cost the other side more.
fn runtime() -> Runtime {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.expect("a runtime")
}

fn captures(count: u64) -> Vec<Option<Captures>> {
    vec![Some(Captures::new()); count as usize]
}

fn taken(captures: &mut Option<Captures>) -> Captures {
    captures.take().expect("taken once")
}

/// Registers in a handler that was entered before the meter runs, and drops the
/// tasks after it.
fn in_scope(scenario: &Scenario, meter: Meter, register: fn(Captures)) {
    let runtime = runtime();
    let _entered = runtime.enter();
    for warm in [true, false] {
        let mut captures = captures(scenario.operations);
        let scope = ResponseScope::new().executor(Executor::new());
        let mut handler = pin!(scope.run(async {
            let mut all = || {
                captures
                    .iter_mut()
                    .for_each(|captures| register(taken(captures)))
            };
            if warm { all() } else { meter(&mut all) }
        }));
        let poll = handler
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll, Poll::Ready(_)), "the handler awaits nothing");
    }
}

/// Spawns on a worker of the runtime, one at a time: each finds what the pool
/// is like when little is to do, an idle thread that need only be woken.
fn in_runtime(scenario: &Scenario, meter: Meter, spawn: fn(Captures)) {
    let runtime = runtime();
    let mut captures = captures(scenario.operations);
    let handler = runtime.spawn(async move {
        tokio::task::spawn_blocking(|| ()).await.expect("a thread");
        for captures in &mut captures {
            meter(&mut || spawn(taken(captures)));
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    });
    runtime.block_on(handler).expect("no panic");
}
