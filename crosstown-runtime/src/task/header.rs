//! What is known of a task, whatever its body.

use std::time::{Duration, Instant};

use once_cell::race::OnceBox;
use tokio::sync::Notify;

use super::carry::Carried;
use super::extras::Extras;
use super::runnable::Runnable;
use crate::events;
use crate::executor::{Ended, Home, Unfinished};
use crate::nanos::nanos;
use crate::options::TaskOptions;
use crate::outcome::Outcome;
use crate::sent::Sent;
use crate::span::TaskSpan;
use crate::sys::atomic::{AtomicU64, Ordering, fence};
use crate::unwind::wake_all;

/// What scope, registration and executor know of a task.
pub(crate) struct Header {
    pub(crate) options: TaskOptions,
    /// None before it is registered.
    registered_at: Option<Instant>,
    /// Set when the task is registered, before it is shared.
    pub(crate) executor: Home,
    /// When the body began, in nanoseconds after the registration and at least
    /// one; zero before that. [`ENDED`] and then [`TOLD`] are added at the end.
    started: AtomicU64,
    /// Made by the first who waits for the end, since hardly anybody does.
    ended: OnceBox<Notify>,
}

/// The bit of `started` that says that the outcome is kept. It is set before the
/// task is counted as ended: who finds it in the counts finds the outcome, too.
const ENDED: u64 = 1 << 62;

/// The bit of [`ENDED`] that says that the outcome is `Completed`, which is kept
/// nowhere else. A body begins within 73 years of its registration.
const COMPLETED: u64 = 1 << 61;

/// The bit that says that the outcome is counted and the hooks are told of it,
/// so that who waits for the outcome may have it.
const TOLD: u64 = 1 << 63;

impl Header {
    #[inline(always)]
    pub(crate) fn new(options: TaskOptions) -> Self {
        Self {
            options,
            registered_at: None,
            executor: Home::default(),
            started: AtomicU64::new(0),
            ended: OnceBox::new(),
        }
    }

    /// Notes that the task is registered, now.
    #[inline(always)]
    pub(super) fn register(&mut self, executor: Home) {
        self.registered_at = Some(Instant::now());
        self.executor = executor;
    }

    /// When the task was registered. One that is not has no time before now.
    #[inline]
    pub(crate) fn registered_at(&self) -> Instant {
        self.registered_at.unwrap_or_else(Instant::now)
    }

    /// Tells everybody of the outcome, which is kept by now. Only who took the
    /// body may call this, once.
    pub(super) fn tell(&self, outcome: &Outcome) {
        // Nobody else writes it: the body has begun, or never will.
        let started = self.started.load(Ordering::Relaxed);
        debug_assert!(started & ENDED == 0, "a task ended twice");
        let ended = started
            | match outcome {
                Outcome::Completed => ENDED | COMPLETED,
                _ => ENDED,
            };
        self.started.store(ended, Ordering::Release);
        self.executor.task_ended(self, outcome);
        self.started.store(ended | TOLD, Ordering::Release);
        // Pairs with the one in `ended`: either this sees who waits, or who
        // waits sees that it is told.
        fence(Ordering::SeqCst);
        if let Some(ended) = self.ended.get() {
            wake_all(ended);
        }
        self.executor.task_settled();
    }

    /// Takes out the task-locals for the body that starts.
    pub(super) fn carried(&self) -> Carried {
        let extras = self.options.extras();
        extras.map(Extras::take_carried).unwrap_or_default()
    }

    pub(super) fn begin(&self, now: Instant) {
        let waited = now.saturating_duration_since(self.registered_at());
        let waited = nanos(waited).clamp(1, COMPLETED - 1);
        self.started.store(waited, Ordering::Release);
    }

    /// When the body began.
    fn started_at(&self) -> Option<Instant> {
        match self.started.load(Ordering::Acquire) & (COMPLETED - 1) {
            0 => None,
            waited => Some(self.registered_at() + Duration::from_nanos(waited)),
        }
    }

    /// Whether the task has neither begun nor ended. Who is about to do either
    /// may not have noted it yet.
    pub(super) fn is_pending(&self) -> bool {
        self.started.load(Ordering::Acquire) == 0
    }

    /// Whether the outcome is kept: it may not be counted yet.
    pub(crate) fn has_ended(&self) -> bool {
        self.started.load(Ordering::Acquire) & ENDED != 0
    }

    /// Whether the outcome is kept and is `Completed`.
    pub(super) fn has_completed(&self) -> bool {
        self.started.load(Ordering::Acquire) & COMPLETED != 0
    }

    /// What the hooks are told.
    pub(crate) fn ended_as<'a>(&'a self, outcome: &'a Outcome) -> Ended<'a> {
        let started_at = self.started_at();
        Ended {
            name: self.options.name(),
            file: self.options.file(),
            line: self.options.line(),
            outcome,
            waited: match started_at {
                Some(started_at) => started_at.duration_since(self.registered_at()),
                None => self.registered_at().elapsed(),
            },
            ran: started_at.map(|started_at| started_at.elapsed()),
        }
    }

    /// What a drain says of it.
    pub(crate) fn unfinished(&self) -> Unfinished {
        Unfinished {
            name: self.options.name().into_owned(),
            file: self.options.file(),
            line: self.options.line(),
            age: self.registered_at().elapsed(),
            is_running: self.started_at().is_some(),
        }
    }

    /// How long the body has been running, if it is.
    pub(crate) fn running_for(&self) -> Option<Duration> {
        let started_at = self.started_at().filter(|_| !self.has_ended());
        started_at.map(|started_at| started_at.elapsed())
    }

    /// Says so in the log when a closure ran for longer than it should.
    fn check_overrun(&self, ran: Duration) {
        if ran > self.executor.overrun() {
            events::overran(self, ran);
        }
    }

    /// Waits until everybody is told of the outcome.
    pub(crate) async fn ended(&self) {
        let notify = self.ended.get_or_init(Box::default);
        fence(Ordering::SeqCst);
        loop {
            // Made before the look, so that an end between the look and the
            // wait is not missed.
            let ended = notify.notified();
            if self.started.load(Ordering::Acquire) & TOLD != 0 {
                return;
            }
            ended.await;
        }
    }
}

/// A closure that is taken out and being run. No runtime stops one half-way; but
/// dropped without an end, as by something that unwinds, which nothing should, it
/// ends the task as abandoned.
pub(crate) struct Running<'a> {
    task: Option<&'a dyn Runnable>,
    span: TaskSpan,
    started_at: Instant,
}

impl<'a> Running<'a> {
    pub(super) fn begin(task: &'a dyn Runnable, sent: &Sent, started_at: Instant) -> Self {
        Self {
            span: task.begin(sent, started_at),
            task: Some(task),
            started_at,
        }
    }

    /// The span that the body is to run in.
    pub(super) fn span(&self) -> &TaskSpan {
        &self.span
    }

    /// Ends a closure, which no timeout can stop. Returns when its body did.
    pub(super) fn end(mut self, outcome: Outcome) -> Instant {
        let ended_at = Instant::now();
        if let Some(task) = self.task.take() {
            let ran = ended_at.saturating_duration_since(self.started_at);
            task.header().check_overrun(ran);
            task.end(outcome, &self.span);
        }
        ended_at
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.end(Outcome::Abandoned, &self.span);
        }
    }
}
