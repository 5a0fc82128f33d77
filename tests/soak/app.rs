//! The app, and its own books of what its tasks do.

use std::fmt;
use std::num::NonZeroUsize;
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use bytes::Bytes;
use crosstown_runtime::{Executor, NoGo, NoResponse, Registration, Stats, Task, follow_response};

/// What the bodies of tasks write down themselves.
#[derive(Debug, Default)]
pub struct Ledger {
    registered: AtomicU64,
    ran: AtomicU64,
    failed: AtomicU64,
    panicked: AtomicU64,
    cancelled: AtomicU64,
    turn: AtomicU64,
}

/// The payload of the panics that are to be.
#[derive(Debug)]
pub struct Expected;

struct NoLuck;

impl fmt::Display for NoLuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no luck")
    }
}

/// An executor narrow enough to have tasks wait.
pub fn executor() -> Executor {
    let places = |places| NonZeroUsize::new(places).unwrap();
    let builder = Executor::builder().max_blocking(places(16));
    builder.max_async(places(64)).build()
}

/// Answers `GET /{tasks}/{bytes}`.
pub fn app(ledger: &Arc<Ledger>) -> Router {
    Router::new()
        .route("/{tasks}/{bytes}", get(respond))
        .with_state(Arc::clone(ledger))
}

async fn respond(
    State(ledger): State<Arc<Ledger>>,
    Path((tasks, bytes)): Path<(u64, usize)>,
) -> Bytes {
    let mut previous = None;
    for _ in 0..tasks {
        let task = ledger.register(previous.take());
        previous = Some(task);
    }
    // Long enough for some clients to hang up while the handler works.
    if tasks % 8 == 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Bytes::from(vec![b'.'; bytes])
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Ledger {
    /// Registers the next kind of task in turn.
    fn register(self: &Arc<Self>, previous: Option<Registration>) -> Registration {
        count(&self.registered);
        let ledger = Arc::clone(self);
        match self.turn.fetch_add(1, Ordering::Relaxed) % 100 {
            0 => follow_response(move || {
                count(&ledger.ran);
                count(&ledger.panicked);
                panic_any(Expected);
                #[allow(unreachable_code)]
                ()
            }),
            1 => Task::future(async move {
                count(&ledger.ran);
                count(&ledger.failed);
                Err(NoLuck)
            })
            .follow_response(),
            2 => {
                let task = follow_response(move || count(&ledger.ran));
                self.cancel(&task);
                task
            }
            // Cancels the one before it, if that has not begun.
            3 => follow_response(move || {
                count(&ledger.ran);
                if let Some(previous) = previous {
                    ledger.cancel(&previous);
                }
            }),
            // Registers another, which runs on the same thread.
            4 => follow_response(move || {
                count(&ledger.ran);
                let nested = Arc::clone(&ledger);
                count(&ledger.registered);
                follow_response(move || count(&nested.ran));
            }),
            5..10 => {
                let task = Task::new(move || count(&ledger.ran)).same_thread(true);
                task.follow_response()
            }
            10..12 => {
                let task = Task::new(move || count(&ledger.ran)).no_go(NoGo::NONE);
                task.no_response(NoResponse::Run).follow_response()
            }
            12..60 => Task::future(async move {
                tokio::task::yield_now().await;
                count(&ledger.ran);
            })
            .follow_response(),
            _ => follow_response(move || count(&ledger.ran)),
        }
    }

    fn cancel(&self, task: &Registration) {
        if task.cancel() {
            count(&self.cancelled);
        }
    }

    /// What the executor has counted is what the tasks have written down.
    ///
    /// # Panics
    ///
    /// Where it is not.
    pub fn assert_agrees_with(&self, stats: &Stats) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        assert_eq!(stats.registered, of(&self.registered));
        assert_eq!(stats.failed, of(&self.failed));
        assert_eq!(stats.panicked, of(&self.panicked));
        assert_eq!(stats.cancelled, of(&self.cancelled));
        let ran = stats.completed + stats.failed + stats.panicked;
        assert_eq!(ran, of(&self.ran));
        let ended = ran + stats.cancelled + stats.skipped.total();
        assert_eq!(stats.registered, ended, "{stats:?}");
        assert_eq!((stats.timed_out, stats.abandoned), (0, 0));
        // Only a client that hangs up while its handler works has tasks skipped.
        assert_eq!(
            stats.skipped.total(),
            stats.skipped.no_response,
            "{stats:?}"
        );
    }
}
