//! What the tests share.

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crosstown_runtime::{Executor, Outcome, Registration, ResponseScope, Stats};
use http::StatusCode;
use tokio::runtime::{Builder, Runtime};

/// No wait in these tests comes near it, unless something is lost.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// Holds whoever waits for it until it is opened.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    pub(crate) fn wait(&self) {
        let opened = self.0.0.lock().unwrap();
        let (opened, _) = self
            .0
            .1
            .wait_timeout_while(opened, LONG, |open| !*open)
            .unwrap();
        assert!(*opened, "nobody opened the gate");
    }

    /// The body of a task that opens `started` and waits for this gate.
    pub(crate) fn body(&self, started: &Self) -> impl FnOnce() + Send + use<> {
        let (gate, started) = (self.clone(), started.clone());
        move || {
            started.open();
            gate.wait();
        }
    }
}

/// A runtime of two threads.
pub(crate) fn runtime() -> Runtime {
    runtime_of(2)
}

/// A runtime of some threads.
pub(crate) fn runtime_of(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers).enable_all();
    builder.build().unwrap()
}

/// A runtime of the thread that drives it, on which nothing is half-way when that
/// thread looks.
pub(crate) fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Polls a future once.
pub(crate) fn polled<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future that is ready at once.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match polled(future) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it is not ready"),
    }
}

/// Waits for `future`, from outside of any runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    one_thread().block_on(within_reason(future))
}

/// Fails rather than hang.
pub(crate) async fn within_reason<F: Future>(future: F) -> F::Output {
    let output = tokio::time::timeout(LONG, future).await;
    output.expect("it takes too long; something is lost")
}

/// Waits until `condition` holds, and lets other tasks run meanwhile.
pub(crate) async fn until(mut condition: impl FnMut() -> bool) {
    within_reason(async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Holds the thread until `condition` holds.
pub(crate) fn block_until(mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < end, "it takes too long; something is lost");
        std::thread::yield_now();
    }
}

/// Plays a request: runs `handler`, then sends the response whole.
pub(crate) fn respond<R>(executor: &Executor, handler: impl FnOnce() -> R) -> R {
    respond_with(executor, StatusCode::OK, handler)
}

pub(crate) fn respond_with<R>(
    executor: &Executor,
    status: StatusCode,
    handler: impl FnOnce() -> R,
) -> R {
    let scope = ResponseScope::new().executor(executor.clone());
    let (output, pending) = now(scope.run(async { handler() }));
    pending.respond(status).sent();
    output
}

pub(crate) fn places(places: usize) -> NonZeroUsize {
    NonZeroUsize::new(places).unwrap()
}

/// An executor with this many places for each kind of task.
pub(crate) fn limited(limit: usize) -> Executor {
    let builder = Executor::builder().max_blocking(places(limit));
    builder.max_async(places(limit)).build()
}

/// Waits for all tasks, and returns the counts.
pub(crate) async fn drained(executor: &Executor) -> Stats {
    let drained = executor.drain(LONG).await;
    assert!(drained.is_complete(), "{:?}", drained.unfinished());
    assert_eq!(drained.unfinished(), []);
    let stats = executor.stats();
    assert_adds_up(&stats);
    stats
}

pub(crate) fn assert_adds_up(stats: &Stats) {
    let ended = stats.completed
        + stats.failed
        + stats.panicked
        + stats.timed_out
        + stats.abandoned
        + stats.cancelled
        + stats.skipped.total();
    let sum = ended + stats.pending + stats.running;
    assert_eq!(stats.registered, sum, "{stats:?}");
}

/// The outcome of a task that has ended.
pub(crate) fn outcome(task: &Registration) -> Outcome {
    assert!(task.is_finished());
    now(task.outcome())
}

/// A body that panics, of a type that a task may return.
pub(crate) fn panics(message: &'static str) {
    panic!("{message}");
}

/// A value that panics when it is dropped, unless a panic is under way.
pub(crate) struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("a rude destructor");
        }
    }
}
