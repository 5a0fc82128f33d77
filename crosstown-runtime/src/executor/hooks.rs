//! Code of the user's that hears of every outcome.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::events;
use crate::outcome::Outcome;
use crate::unwind::{drop_contained, panic_message};

/// A task that has ended, as [`ExecutorBuilder::on_outcome`] is told of it.
///
/// [`ExecutorBuilder::on_outcome`]: crate::ExecutorBuilder::on_outcome
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ended<'a> {
    /// The task's name.
    pub name: Cow<'a, str>,
    /// The file in which it was made.
    pub file: &'static str,
    /// The line in that file, from 1.
    pub line: u32,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// From its registration to its start; to its end where it did not start.
    pub waited: Duration,
    /// From its start to its end; `None` where it did not start. A rule or an `also`
    /// that panics counts as a start.
    pub ran: Option<Duration>,
}

type Hook = Box<dyn Fn(&Ended<'_>) + Send + Sync>;

/// The hooks of an executor, in the order in which they were given.
#[derive(Default)]
pub(super) struct Hooks {
    hooks: Vec<Hook>,
}

impl Hooks {
    pub(super) fn push(&mut self, hook: Hook) {
        self.hooks.push(hook);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }

    /// Calls each with a task that has ended.
    pub(super) fn call(&self, ended: &Ended<'_>) {
        for hook in &self.hooks {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| hook(ended))) {
                events::hook_panicked(panic_message(&*payload));
                drop_contained(payload);
            }
        }
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        // As a rule where an app ends; but the last response may hold the executor.
        self.hooks.drain(..).for_each(drop_contained);
    }
}
