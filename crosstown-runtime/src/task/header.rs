//! What is known of a task, whatever its body.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::events;
use crate::executor::{Ended, Executor, Unfinished};
use crate::options::TaskOptions;
use crate::outcome::Outcome;
use crate::sent::Sent;
use crate::span::TaskSpan;
use crate::sys::atomic::{AtomicU64, Ordering, fence};

/// What scope, registration and executor know of a task.
pub(crate) struct Header {
    pub(crate) options: TaskOptions,
    pub(crate) registered_at: Instant,
    /// Set when the task is registered, before it is shared.
    pub(crate) executor: Option<Executor>,
    /// When the body began, in nanoseconds after the registration and at least
    /// one; zero before that.
    started: AtomicU64,
    outcome: OnceLock<Outcome>,
    /// Made by the first who waits for the end, since hardly anybody does.
    ended: OnceLock<Box<Notify>>,
}

impl Header {
    pub(crate) fn new(options: TaskOptions) -> Self {
        Self {
            options,
            registered_at: Instant::now(),
            executor: None,
            started: AtomicU64::new(0),
            outcome: OnceLock::new(),
            ended: OnceLock::new(),
        }
    }

    /// Ends the task unrun. Only who took its body may call this, once.
    pub(crate) fn end(&self, outcome: Outcome) {
        self.end_in(outcome, &TaskSpan::none());
    }

    fn end_in(&self, outcome: Outcome, span: &TaskSpan) {
        events::ended(self, &outcome, span);
        // Counted before it can be seen: who has seen the outcome finds it in
        // the counts.
        if let Some(executor) = &self.executor {
            executor.task_ended(self, &outcome);
        }
        let first = self.outcome.set(outcome).is_ok();
        debug_assert!(first, "a task ended twice");
        // Pairs with the one in `ended`: either this sees who waits, or who
        // waits sees the outcome.
        fence(Ordering::SeqCst);
        if let Some(ended) = self.ended.get() {
            ended.notify_waiters();
        }
        if let Some(executor) = &self.executor {
            executor.task_settled();
        }
    }

    fn begin(&self) {
        let waited = self.registered_at.elapsed().as_nanos();
        let waited = u64::try_from(waited).unwrap_or(u64::MAX).max(1);
        self.started.store(waited, Ordering::Release);
    }

    /// When the body began.
    fn started_at(&self) -> Option<Instant> {
        match self.started.load(Ordering::Acquire) {
            0 => None,
            waited => Some(self.registered_at + Duration::from_nanos(waited)),
        }
    }

    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
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
                Some(started_at) => started_at.duration_since(self.registered_at),
                None => self.registered_at.elapsed(),
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
            age: self.registered_at.elapsed(),
            is_running: self.started_at().is_some(),
        }
    }

    /// Says so in the log when a closure ran for longer than it should.
    fn check_overrun(&self, executor: &Executor) {
        let limit = self.options.timeout.unwrap_or_else(|| executor.overrun());
        let ran = self.started_at().map(|started_at| started_at.elapsed());
        if let Some(ran) = ran.filter(|ran| *ran > limit) {
            events::overran(self, ran);
        }
    }

    /// Waits for the outcome.
    pub(crate) async fn ended(&self) -> &Outcome {
        let notify = self.ended.get_or_init(Box::default);
        fence(Ordering::SeqCst);
        loop {
            // Made before the look, so that an end between the look and the
            // wait is not missed.
            let ended = notify.notified();
            if let Some(outcome) = self.outcome.get() {
                return outcome;
            }
            ended.await;
        }
    }
}

/// A body that is taken out and being run. Dropped without an end, as when the
/// runtime is shut down half-way, it ends the task as abandoned.
pub(crate) struct Running<'a> {
    header: Option<&'a Header>,
    span: TaskSpan,
}

impl<'a> Running<'a> {
    pub(crate) fn begin(header: &'a Header, sent: &Sent) -> Self {
        // Only who took the body gets here, so this is the first time.
        header.begin();
        if let Some(executor) = &header.executor {
            executor.task_started();
        }
        Self {
            header: Some(header),
            span: TaskSpan::begin(header, sent),
        }
    }

    /// The span that the body is to run in.
    pub(super) fn span(&self) -> &TaskSpan {
        &self.span
    }

    pub(crate) fn end(mut self, outcome: Outcome) {
        if let Some(header) = self.header.take() {
            header.end_in(outcome, &self.span);
        }
    }

    /// Ends a closure, which no timeout can stop.
    pub(crate) fn end_blocking(self, outcome: Outcome) {
        if let Some(header) = self.header
            && let Some(executor) = &header.executor
        {
            header.check_overrun(executor);
        }
        self.end(outcome);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(header) = self.header.take() {
            header.end_in(Outcome::Abandoned, &self.span);
        }
    }
}
