//! The real thing.

use std::any::Any;
use std::borrow::Cow;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::RuntimeFlavor;

pub(crate) use std::sync::{Mutex, MutexGuard, atomic};
pub(crate) use tokio::runtime::{Handle, Id};
pub(crate) use tokio::task::AbortHandle;
pub(crate) use tokio::task::yield_now;
pub(crate) use tokio::time::timeout;

/// Into how many groups threads share themselves out.
pub(crate) const SHARDS: usize = 16;

/// How many futures a driver polls before others have their turn.
pub(crate) const FIRST_POLLS_A_TURN: usize = 32;

/// How long a thread for closures runs them before others have their turn. The
/// hand-over costs some ten microseconds.
const TURN: Duration = Duration::from_millis(2);

/// How many runners wait for a thread at once, at most: each that does stands
/// before what the app itself has spawned later.
pub(crate) const MOST_RUNNERS_WAITING: usize = 16;

/// How long [`pause`] waits.
const PAUSE: Duration = Duration::from_millis(100);

/// Whether a turn is over that began at `since`.
#[inline]
pub(crate) fn is_turn_over(since: Instant, now: Instant) -> bool {
    now.saturating_duration_since(since) >= TURN
}

/// A value for each thread, made without code that runs at its first use.
macro_rules! per_thread {
    ($name:ident: $type:ty = $value:expr) => {
        std::thread_local! {
            static $name: $type = const { $value };
        }
    };
}
pub(crate) use per_thread;

/// Whether one thread drives all tasks of a runtime.
pub(crate) fn has_one_worker(runtime: &Handle) -> bool {
    runtime.runtime_flavor() == RuntimeFlavor::CurrentThread
}

/// Spawns a task. tokio-console, for which a build needs `--cfg tokio_unstable`,
/// shows it by its name.
pub(crate) fn spawn_named<'a, F>(runtime: &Handle, name: impl FnOnce() -> Cow<'a, str>, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    #[cfg(all(tokio_unstable, feature = "tracing"))]
    {
        let name = name();
        let named = tokio::task::Builder::new().name(&name);
        // The signature has room for errors that there are none of.
        drop(named.spawn_on(future, runtime));
    }
    #[cfg(not(all(tokio_unstable, feature = "tracing")))]
    {
        drop((name, runtime.spawn(future)));
    }
}

/// Spawns what runs the closures of many tasks, on a thread for such. Under
/// tokio-console it has a name as well.
///
/// # Errors
///
/// When the system has no thread left for an empty pool: then tokio panics, and
/// keeps `run` for a thread that it can make later. A pool that is shut down drops
/// `run`, which is no error.
pub(crate) fn spawn_runner(
    runtime: &Handle,
    run: impl FnOnce() + Send + 'static,
) -> Result<(), Box<dyn Any + Send>> {
    let spawn = || {
        #[cfg(all(tokio_unstable, feature = "tracing"))]
        {
            let named = tokio::task::Builder::new().name("crosstown runner");
            if let Err(error) = named.spawn_blocking_on(run, runtime) {
                return refused(&error);
            }
        }
        #[cfg(not(all(tokio_unstable, feature = "tracing")))]
        {
            drop(runtime.spawn_blocking(run));
        }
        Ok(())
    };
    catch_unwind(AssertUnwindSafe(spawn))?
}

/// What tokio's builder says where its function of the same name panics, or where
/// that says nothing: then the pool is shut down, and has dropped what it was given.
#[cfg(all(tokio_unstable, feature = "tracing"))]
fn refused(error: &std::io::Error) -> Result<(), Box<dyn Any + Send>> {
    // That there is no thread, the system says; of a pool it knows nothing.
    match error.raw_os_error() {
        Some(_) => Err(Box::new(format!("no thread is left: {error}"))),
        None => Ok(()),
    }
}

/// Waits for a while before something is tried again; for ever where the runtime
/// has no timers.
pub(crate) async fn pause() {
    wait(PAUSE).await;
}

/// Waits for as long; for ever where the runtime has no timers.
pub(crate) async fn wait(time: Duration) {
    if sleep(time).await.is_err() {
        pending().await
    }
}

/// Where the runtime has no timers. tokio has said so, by a panic that went no
/// further than its message.
pub(crate) struct NoTimers;

/// Waits for as long.
pub(crate) async fn sleep(time: Duration) -> Result<(), NoTimers> {
    let mut slept = pin!(async { tokio::time::sleep(time).await });
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| slept.as_mut().poll(cx)));
        polled.map_or(Poll::Ready(Err(NoTimers)), |polled| polled.map(Ok))
    })
    .await
}
