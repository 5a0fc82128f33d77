//! The state machines of scope and executor, on a model of the threads: shuttle
//! runs each test over and over, each time with the threads interleaved in
//! another order, and finds lost tasks, double runs and deadlocks.
//!
//! ```text
//! RUSTFLAGS="--cfg crosstown_shuttle" cargo test -p crosstown-runtime \
//!     --no-default-features --test model --target-dir target/model
//! ```
//!
//! Each test takes 3 seconds, or as many as `CROSSTOWN_MODEL_SECONDS` says. A
//! failure prints its schedule, for `shuttle::replay`.
#![cfg(crosstown_shuttle)]

mod executor;
mod scope;

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crosstown_runtime::model::Runtime;
use crosstown_runtime::{
    Executor, ExecutorBuilder, Outcome, Pending, Registration, ResponseScope, ScopeHandle, Stats,
    Task,
};
use shuttle::future::block_on;
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, MaxSteps, Runner};

/// Tries one order after another: half of the time at random, half with few,
/// well-placed changes of thread.
fn explore(test: impl Fn() + Send + Sync + 'static) {
    let seconds = std::env::var("CROSSTOWN_MODEL_SECONDS");
    let seconds: f64 = seconds.map_or(3.0, |seconds| seconds.parse().unwrap());
    let mut config = Config::new();
    config.stack_size = 0x20000;
    config.max_time = Some(Duration::from_secs_f64(seconds / 2.0));
    config.max_steps = MaxSteps::FailAfter(100_000);
    let test = Arc::new(test);
    let same = Arc::clone(&test);
    let random = Runner::new(RandomScheduler::new(usize::MAX), config.clone());
    let runs = random.run(move || test());
    let runs = runs + Runner::new(PctScheduler::new(3, usize::MAX), config).run(move || same());
    println!("{runs} orders tried");
}

/// Tasks that count how often they run.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicU64>);

impl Runs {
    fn closure(&self) -> Task {
        let runs = Arc::clone(&self.0);
        Task::new(move || _ = runs.fetch_add(1, Ordering::SeqCst))
    }

    fn future(&self) -> Task<crosstown_runtime::Async> {
        let runs = Arc::clone(&self.0);
        Task::future(async move {
            shuttle::future::yield_now().await;
            runs.fetch_add(1, Ordering::SeqCst);
        })
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// An executor with one place for each kind of task.
fn narrow() -> Executor {
    one_place().build()
}

fn one_place() -> ExecutorBuilder {
    let one = NonZeroUsize::new(1).unwrap();
    Executor::builder().max_blocking(one).max_async(one)
}

/// Polls a future that is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it is not ready"),
    }
}

/// A handler that has ended, on `runtime`, and a handle to its scope.
fn handled(
    runtime: &Runtime,
    executor: &Executor,
    handler: impl FnOnce(),
) -> (ScopeHandle, Pending) {
    runtime.enter(|| {
        let scope = ResponseScope::new().executor(executor.clone());
        let handle = scope.handle();
        let ((), pending) = now(scope.run(async { handler() }));
        (handle, pending)
    })
}

/// Waits for all tasks. What has run is what has completed, nothing panicked,
/// and the counts add up.
fn settle(executor: &Executor, runs: &Runs, registered: u64) -> Stats {
    let drained = block_on(executor.drain(Duration::MAX));
    assert!(drained.is_complete());
    let stats = executor.stats();
    assert_eq!(stats.registered, registered);
    assert_eq!(stats.completed, runs.get(), "{stats:?}");
    assert_eq!(stats.panicked, 0);
    let ended = stats.completed + stats.cancelled + stats.abandoned + stats.skipped.total();
    assert_eq!(ended, registered, "{stats:?}");
    stats
}

/// The outcome of a task that has ended.
fn outcome(task: &Registration) -> Outcome {
    assert!(task.is_finished());
    now(task.outcome())
}
