//! A task that waits for its response.

use std::sync::Arc;
use std::time::Duration;

use crate::executor::{Executor, Gate};
use crate::outcome::{Outcome, Skip, drop_contained};
use crate::sent::{Report, Sent};
use crate::task::{Registration, Runnable, Running};

/// A user's rule over what became of the response.
pub(crate) type Rule = Box<dyn FnOnce(&Sent) -> bool + Send>;

/// A task that waits for its response, and what only waiting tasks need.
pub(crate) struct Entry {
    pub(crate) task: Arc<dyn Runnable>,
    /// One pointer for what few tasks have.
    extras: Option<Box<Extras>>,
}

/// What few tasks have.
#[derive(Default)]
pub(crate) struct Extras {
    pub(crate) when: Option<Rule>,
    /// Of several tasks with one key, the last runs.
    pub(crate) key: Option<String>,
    pub(crate) also: Option<Gate>,
}

impl Drop for Extras {
    fn drop(&mut self) {
        drop_contained(self.when.take());
    }
}

impl Entry {
    pub(crate) fn new(task: Arc<dyn Runnable>) -> Self {
        Self { task, extras: None }
    }

    pub(crate) fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// Counts the task, and returns what the registering code gets of it.
    pub(crate) fn registered_with(&mut self, executor: &Executor) -> Registration {
        // Nobody shares the task before it is registered.
        if let Some(task) = Arc::get_mut(&mut self.task) {
            let header = task.header_mut();
            header.executor = Some(executor.clone());
        }
        executor.task_registered(self.task.header());
        Registration::new(Arc::clone(&self.task))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.task.header().outcome().is_some()
    }

    pub(super) fn take_key(&mut self) -> Option<String> {
        self.extras.as_mut()?.key.take()
    }

    /// Sets how long the gate may take, if there is one.
    pub(super) fn limit_gate(&mut self, limit: Option<Duration>) {
        if let Some(extras) = &mut self.extras
            && let Some(gate) = &mut extras.also
        {
            gate.limit = limit;
        }
    }

    /// Takes out what must be awaited before the task may start.
    pub(crate) fn take_gate(&mut self) -> Option<Gate> {
        self.extras.as_mut()?.also.take()
    }

    /// Ends the task unrun, unless something else has ended it.
    pub(crate) fn skip(self, skip: Skip) {
        self.end(Outcome::Skipped(skip));
    }

    /// Asks the user's rule, if there is one. When it says no, or panics, the
    /// task ends here.
    pub(crate) fn ask_rule(mut self, report: &Report) -> Option<Self> {
        let rule = self.extras.as_mut().and_then(|extras| extras.when.take());
        let Some(rule) = rule else {
            return Some(self);
        };
        let sent = report.seen_from(self.task.header().registered_at);
        let mut run = false;
        let asked = Outcome::of(|| {
            run = rule(&sent);
            Outcome::Completed
        });
        match (asked, run) {
            (Outcome::Completed, true) => return Some(self),
            (Outcome::Completed, false) => self.skip(Skip::When),
            (panicked, _) => self.end_begun(panicked, &sent),
        }
        None
    }

    /// Ends the task as one that has begun: its rule or its gate has panicked,
    /// and a panic is the outcome of code that ran.
    pub(crate) fn end_begun(self, outcome: Outcome, sent: &Sent) {
        if self.task.discard() {
            Running::begin(self.task.header(), sent).end(outcome);
        }
    }

    fn end(self, outcome: Outcome) {
        if self.task.discard() {
            self.task.header().end(outcome);
        }
    }
}
