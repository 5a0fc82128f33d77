//! What is known of a task, whatever its body.

use std::sync::OnceLock;
use std::time::Instant;

use tokio::sync::Notify;

use crate::events;
use crate::executor::Executor;
use crate::options::TaskOptions;
use crate::outcome::Outcome;

/// What scope, registration and executor know of a task.
pub(crate) struct Header {
    pub(crate) options: TaskOptions,
    pub(crate) registered_at: Instant,
    /// Set when the task is registered, before it is shared.
    pub(crate) executor: Option<Executor>,
    outcome: OnceLock<Outcome>,
    ended: Notify,
}

impl Header {
    pub(crate) fn new(options: TaskOptions) -> Self {
        Self {
            options,
            registered_at: Instant::now(),
            executor: None,
            outcome: OnceLock::new(),
            ended: Notify::new(),
        }
    }

    /// Ends the task. Only who took its body may call this, once.
    pub(crate) fn end(&self, outcome: Outcome) {
        events::ended(self, &outcome);
        // Counted before it can be seen: who has seen the outcome finds it in
        // the counts.
        if let Some(executor) = &self.executor {
            executor.task_ended(&outcome);
        }
        let first = self.outcome.set(outcome).is_ok();
        debug_assert!(first, "a task ended twice");
        self.ended.notify_waiters();
    }

    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
    }

    /// Waits for the outcome.
    pub(crate) async fn ended(&self) -> &Outcome {
        loop {
            // Made before the look, so that an end between the look and the
            // wait is not missed.
            let ended = self.ended.notified();
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
}

impl<'a> Running<'a> {
    pub(crate) fn begin(header: &'a Header) -> Self {
        if let Some(executor) = &header.executor {
            executor.task_started();
        }
        Self {
            header: Some(header),
        }
    }

    pub(crate) fn end(mut self, outcome: Outcome) {
        if let Some(header) = self.header.take() {
            header.end(outcome);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(header) = self.header.take() {
            header.end(Outcome::Abandoned);
        }
    }
}
