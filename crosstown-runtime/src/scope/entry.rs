//! A task that waits for its response.

use std::sync::Arc;

use crate::executor::Executor;
use crate::outcome::{Outcome, Skip};
use crate::sent::{Report, Sent};
use crate::task::{Registration, Runnable};

/// A user's rule over what became of the response.
pub(crate) type Rule = Box<dyn FnOnce(&Sent) -> bool + Send>;

/// A task that waits for its response, and what only waiting tasks need.
pub(crate) struct Entry {
    pub(crate) task: Arc<dyn Runnable>,
    pub(crate) when: Option<Rule>,
}

impl Entry {
    /// Counts the task, and returns what the registering code gets of it.
    pub(crate) fn registered_with(&mut self, executor: &Executor) -> Registration {
        // Nobody shares the task before it is registered.
        if let Some(task) = Arc::get_mut(&mut self.task) {
            task.header_mut().executor = Some(executor.clone());
        }
        executor.task_registered();
        Registration::new(Arc::clone(&self.task))
    }

    /// Ends the task unrun, unless something else has ended it.
    pub(crate) fn skip(self, skip: Skip) {
        self.end(Outcome::Skipped(skip));
    }

    /// Asks the user's rule, if there is one. When it says no, or panics, the
    /// task ends here.
    pub(crate) fn ask_rule(mut self, report: &Report) -> Option<Self> {
        let Some(rule) = self.when.take() else {
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
            (panicked, _) => self.end(panicked),
        }
        None
    }

    fn end(self, outcome: Outcome) {
        if self.task.discard() {
            self.task.header().end(outcome);
        }
    }
}
