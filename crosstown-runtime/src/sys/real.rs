//! The real thing.

use std::borrow::Cow;
use std::future::Future;

pub(crate) use std::sync::{Mutex, MutexGuard, atomic};
pub(crate) use tokio::runtime::{Handle, Id};
pub(crate) use tokio::task::AbortHandle;
pub(crate) use tokio::task::yield_now;
pub(crate) use tokio::time::timeout;

/// Into how many groups threads share themselves out.
pub(crate) const SHARDS: usize = 16;

/// How many futures a driver polls before others have their turn.
pub(crate) const FIRST_POLLS_A_TURN: usize = 32;

/// A value for each thread, made without code that runs at its first use.
macro_rules! per_thread {
    ($name:ident: $type:ty = $value:expr) => {
        std::thread_local! {
            static $name: $type = const { $value };
        }
    };
}
pub(crate) use per_thread;

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
/// # Panics
///
/// When the system has no thread left for an empty pool.
pub(crate) fn spawn_runner(runtime: &Handle, run: impl FnOnce() + Send + 'static) {
    #[cfg(all(tokio_unstable, feature = "tracing"))]
    {
        let named = tokio::task::Builder::new().name("crosstown runner");
        let spawned = named.spawn_blocking_on(run, runtime);
        drop(spawned.expect("no thread is left"));
    }
    #[cfg(not(all(tokio_unstable, feature = "tracing")))]
    {
        drop(runtime.spawn_blocking(run));
    }
}
