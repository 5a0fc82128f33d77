//! A task of any body, and what is done with one.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use super::between::Between;
use super::extras::Extras;
use super::header::Header;
use super::registration::Registration;
use crate::events;
use crate::executor::{Claim, Gate, Home};
use crate::outcome::{Outcome, Skip};
use crate::sent::{Report, Sent};
use crate::span::TaskSpan;

/// The future of a task. Dropped before its end, it ends the task.
pub(crate) trait TaskFuture: Future<Output = ()> + Send {
    /// Once it has ended, makes it the future of another task, if that one has a
    /// body of the same type. Returns whether it has.
    fn renew(self: Pin<&mut Self>, claim: &Claim) -> bool;
}

pub(crate) type BoxedFuture = Pin<Box<dyn TaskFuture>>;

/// A task of any body, shared by its scope and its registration.
pub(crate) trait Runnable: Send + Sync {
    fn header(&self) -> &Header;
    fn header_mut(&mut self) -> &mut Header;
    fn as_dyn(&self) -> &dyn Runnable;

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;

    /// Whether it runs on a thread of its own, rather than being polled.
    fn is_blocking(&self) -> bool;

    /// Takes the body out and drops it. Returns whether it was still there:
    /// then the caller ends the task.
    fn discard(&self) -> bool;

    /// Runs a blocking body on this thread, unless it is taken already, as by a
    /// cancellation. `between` has claimed the task.
    fn run(&self, report: &Report, between: &mut Between);

    /// Returns the future of an async body, which runs it where that is polled.
    fn future(self: Arc<Self>, claim: &Claim) -> Option<BoxedFuture>;

    /// Keeps what became of a task that did not complete. Only who took its body
    /// may call this, once.
    fn keep(&self, outcome: Outcome);

    /// What became of the task, as soon as it is kept: it may not be counted
    /// yet.
    fn outcome(&self) -> Option<Outcome>;
}

impl dyn Runnable {
    /// Counts the task, and returns what the registering code gets of it.
    #[inline(always)]
    pub(crate) fn registered_with(self: &mut Arc<Self>, executor: &Home) -> Registration {
        // Nobody shares the task before it is registered.
        if let Some(task) = Arc::get_mut(self) {
            task.header_mut().register(executor.clone());
            executor.task_registered();
        }
        Registration::new(Arc::clone(self))
    }
}

impl dyn Runnable + '_ {
    /// Takes out what must be awaited before the task may start.
    pub(crate) fn take_gate(&self) -> Option<Gate> {
        self.header().options.extras()?.take_gate()
    }

    /// Asks the user's rules, if there are any. When one says no, or panics, the
    /// task ends here. Returns whether the task may start.
    pub(crate) fn ask_rule(&self, report: &Report) -> bool {
        let extras = self.header().options.extras();
        let Some(rules) = extras.map(Extras::take_rules) else {
            return true;
        };
        let sent = report.seen_by(self.header());
        for rule in rules {
            let mut run = false;
            let asked = Outcome::of(|| {
                run = rule(&sent);
                Outcome::Completed
            });
            match (asked, run) {
                (Outcome::Completed, true) => continue,
                (Outcome::Completed, false) => self.skip(Skip::When),
                (panicked, _) => self.end_begun(panicked, &sent),
            }
            return false;
        }
        true
    }

    /// Drops the user's rules, if there are any: there is no response to ask them of.
    pub(crate) fn drop_rule(&self) {
        let extras = self.header().options.extras();
        drop(extras.map(Extras::take_rules));
    }

    /// Ends the task unrun, unless something else has ended it.
    pub(crate) fn skip(&self, skip: Skip) {
        self.end_unrun(Outcome::Skipped(skip));
    }

    /// Ends the task unrun, unless something else has ended it. Returns whether
    /// this did.
    pub(crate) fn end_unrun(&self, outcome: Outcome) -> bool {
        let taken = self.discard();
        if taken {
            self.end(outcome, &TaskSpan::none());
        }
        taken
    }

    /// Ends the task as one that has begun: its rule or its gate has panicked,
    /// and a panic is the outcome of code that ran.
    pub(crate) fn end_begun(&self, outcome: Outcome, sent: &Sent) {
        if self.discard() {
            let span = self.begin(sent, Instant::now());
            self.end(outcome, &span);
        }
    }

    /// Notes that the body begins, and returns the span that it is to run in.
    /// Only who took the body may call this, once.
    pub(super) fn begin(&self, sent: &Sent, now: Instant) -> TaskSpan {
        let header = self.header();
        header.begin(now);
        header.executor.task_started();
        TaskSpan::begin(header, sent, now)
    }

    /// Ends the task. Only who took its body may call this, once.
    pub(super) fn end(&self, outcome: Outcome, span: &TaskSpan) {
        let header = self.header();
        events::ended(header, &outcome, span);
        // That it completed, the header itself says.
        if !matches!(outcome, Outcome::Completed) {
            self.keep(outcome.clone());
        }
        header.tell(&outcome);
    }
}

/// A task handed to a runtime. When the runtime drops it unrun, as it does when
/// it is shut down, the task ends.
pub(crate) struct Queued<T: Runnable + ?Sized>(pub(crate) Arc<T>);

impl<T: Runnable + ?Sized> Drop for Queued<T> {
    fn drop(&mut self) {
        if self.0.header().is_pending() {
            self.0.as_dyn().skip(Skip::ShutDown);
        }
    }
}
