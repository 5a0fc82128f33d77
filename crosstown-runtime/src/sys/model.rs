//! A runtime of shuttle's threads, which can be shut down.

use std::any::Any;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

pub(crate) use shuttle::future::{AbortHandle, yield_now};
use shuttle::rand::{Rng, thread_rng};
pub(crate) use shuttle::sync::{Mutex, MutexGuard, atomic};

/// A value for each thread of the model.
macro_rules! per_thread {
    ($name:ident: $type:ty = $value:expr) => {
        shuttle::thread_local! {
            static $name: $type = $value;
        }
    };
}
pub(crate) use per_thread;

shuttle::thread_local! {
    static CURRENT: std::cell::RefCell<Option<Handle>> = std::cell::RefCell::new(None);
}

/// One, so that the threads of the model meet there.
pub(crate) const SHARDS: usize = 1;

/// As few as can be, so that few tasks show everything.
pub(crate) const FIRST_POLLS_A_TURN: usize = 1;

/// The stand-in for a tokio runtime.
#[derive(Debug)]
pub struct Runtime {
    handle: Handle,
}

/// The stand-in for `tokio::runtime::Handle`.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    shared: Arc<Mutex<Shared>>,
    /// What it says of itself: each of its tasks has a thread.
    has_one_worker: bool,
}

#[derive(Default)]
struct Shared {
    down: bool,
    wakers: Vec<Waker>,
    /// What waits for a thread.
    runners: VecDeque<Run>,
    /// How many threads are not to be had.
    refused: usize,
}

/// More than any test has.
pub(crate) const MOST_RUNNERS_WAITING: usize = 16;

/// The model has no time: any turn may be over.
pub(crate) fn is_turn_over(_: Instant, _: Instant) -> bool {
    thread_rng().gen_bool(0.5)
}

type Run = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// The stand-in for `tokio::runtime::Id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id(usize);

/// The stand-in for `tokio::task::JoinHandle`.
pub(crate) struct JoinHandle(AbortHandle);

impl Runtime {
    /// Makes a runtime, of one worker or several.
    #[allow(clippy::new_without_default)] // As tokio's.
    pub fn new() -> Self {
        let handle = Handle {
            shared: Arc::default(),
            has_one_worker: thread_rng().gen_bool(0.5),
        };
        Self { handle }
    }

    /// Calls `body` with this runtime as the current one.
    pub fn enter<R>(&self, body: impl FnOnce() -> R) -> R {
        let set = |current| CURRENT.with(|slot| slot.replace(current));
        let before = set(Some(self.handle.clone()));
        let result = body();
        set(before);
        result
    }

    /// Refuses the next `threads` threads for closures.
    pub fn refuse(&self, threads: usize) {
        self.handle.shared.lock().unwrap().refused = threads;
    }

    /// Drops the futures, where they are, and what has not begun.
    pub fn shut_down(&self) {
        let mut shared = self.handle.shared.lock().unwrap();
        shared.down = true;
        let wakers = std::mem::take(&mut shared.wakers);
        drop(shared);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Handle {
    pub(crate) fn try_current() -> Result<Self, ()> {
        CURRENT
            .try_with(|slot| slot.borrow().clone())
            .ok()
            .flatten()
            .ok_or(())
    }

    pub(crate) fn id(&self) -> Id {
        Id(Arc::as_ptr(&self.shared).addr())
    }

    /// Takes out what waits for a thread, and says whether the runtime is down.
    fn next_runner(&self) -> Option<(Run, bool)> {
        let mut shared = self.shared.lock().unwrap();
        Some((shared.runners.pop_front()?, shared.down))
    }

    fn is_down(&self) -> bool {
        self.shared.lock().unwrap().down
    }

    pub(crate) fn spawn<F>(&self, future: F) -> JoinHandle
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let runtime = self.clone();
        let mut future = Some(Box::pin(future)).filter(|_| !self.is_down());
        let task = shuttle::future::spawn(poll_fn(move |cx| {
            let mut shared = runtime.shared.lock().unwrap();
            if !shared.down {
                shared.wakers.push(cx.waker().clone());
            }
            let down = shared.down;
            drop(shared);
            if down {
                future = None;
            }
            match &mut future {
                Some(future) => future.as_mut().poll(cx).map(drop),
                None => Poll::Ready(()),
            }
        }));
        let abort = task.abort_handle();
        // Shuttle's, unlike tokio's, aborts the task when it is dropped.
        std::mem::forget(task);
        JoinHandle(abort)
    }
}

impl JoinHandle {
    pub(crate) fn abort_handle(&self) -> AbortHandle {
        self.0.clone()
    }
}

pub(crate) fn has_one_worker(runtime: &Handle) -> bool {
    runtime.has_one_worker
}

pub(crate) fn spawn_named<'a, F>(runtime: &Handle, _: impl FnOnce() -> Cow<'a, str>, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    runtime.spawn(future);
}

/// As tokio does, a thread runs all that waits for one, what found none included;
/// and at the end of the runtime, drops it.
pub(crate) fn spawn_runner(
    runtime: &Handle,
    run: impl FnOnce() + Send + 'static,
) -> Result<(), Box<dyn Any + Send>> {
    let mut shared = runtime.shared.lock().unwrap();
    if shared.down {
        drop(shared);
        drop(run);
        return Ok(());
    }
    shared.runners.push_back(Box::new(run));
    if shared.refused > 0 {
        shared.refused -= 1;
        return Err(Box::new("no thread is left"));
    }
    drop(shared);
    let runtime = runtime.clone();
    shuttle::thread::spawn(move || {
        while let Some((run, is_down)) = runtime.next_runner() {
            if !is_down {
                run();
            }
        }
    });
    Ok(())
}

/// The model has no time: others have their turn.
pub(crate) async fn pause() {
    yield_now().await;
}

/// The model has no time: nothing is ever late.
pub(crate) async fn wait(_: Duration) {
    std::future::pending().await
}

/// The model has no time: everything ends.
pub(crate) async fn timeout<F: Future>(_: Duration, future: F) -> Result<F::Output, Infallible> {
    Ok(future.await)
}

/// The model has no runtime to fall back on.
pub(crate) mod fallback {
    use std::io;

    use super::Handle;

    pub(crate) fn or_fallback(runtime: Option<&Handle>) -> io::Result<&Handle> {
        runtime.ok_or_else(|| io::Error::other("no runtime"))
    }
}
