//! Handing due tasks to threads.

use std::collections::VecDeque;
use std::sync::Arc;

use super::builder::WhenFull;
use super::lane::Lane;
use super::queue::{Batch, Ready};
use super::{Executor, driver, fallback, runner};
use crate::events;
use crate::outcome::{Outcome, Skip};
use crate::scope::Entry;
use crate::scope::context::Origin;
use crate::sent::Report;
use crate::sys::Handle;
use crate::task::{Queued, Runnable};

impl Executor {
    /// Starts the tasks of a response: first those for other threads, in order,
    /// then those for this thread, one after another.
    pub(crate) fn start(&self, entries: Vec<Entry>, report: Report, runtime: Option<Handle>) {
        if entries.is_empty() {
            return;
        }
        let mut here = Vec::new();
        let mut blocking = VecDeque::new();
        let mut asynchronous = VecDeque::new();
        let mut gated = Vec::new();
        for mut entry in entries {
            if let Some(gate) = entry.take_gate() {
                gated.push((gate, entry));
                continue;
            }
            let task = entry.task;
            if !task.is_blocking() {
                asynchronous.push_back(task);
            } else if task.header().options.same_thread {
                here.push(task);
            } else {
                blocking.push_back(task);
            }
        }
        self.look_round(report.reached_at);
        let elsewhere = !(blocking.is_empty() && asynchronous.is_empty() && gated.is_empty());
        let origin = self.origin(report, runtime, elsewhere);
        for (gate, entry) in gated {
            self.start_behind(gate, entry, Arc::clone(&origin));
        }
        if let Some(runtime) = origin.runtime.as_ref().filter(|_| elsewhere) {
            let lanes = self.lanes(runtime);
            // What finds no room comes last, behind what does.
            for task in self.queue(&lanes.asynchronous, asynchronous, &origin) {
                driver::exceed(&lanes, Ready::new(task, &origin));
            }
            driver::start(&lanes, runtime);
            here.extend(self.queue(&lanes.blocking, blocking, &origin));
            runner::call(&lanes, runtime);
        } else {
            // No runtime is to be had: they end as shut down.
            blocking.into_iter().map(Queued).for_each(drop);
            asynchronous.into_iter().map(Queued).for_each(drop);
        }
        for task in here {
            self.run_here(task, &origin);
        }
    }

    /// Starts a task that follows no response: a closure on this thread.
    pub(crate) fn start_now(&self, mut entry: Entry, report: Report, runtime: Option<Handle>) {
        if !entry.task.is_blocking() {
            return self.start(vec![entry], report, runtime);
        }
        if let Some(gate) = entry.take_gate() {
            let origin = self.origin(report, runtime, true);
            return self.start_behind(gate, entry, origin);
        }
        let origin = self.origin(report, runtime, false);
        self.run_here(entry.task, &origin);
    }

    /// Runs a closure on this thread.
    fn run_here(&self, task: Arc<dyn Runnable>, origin: &Arc<Origin>) {
        let _listed = self.inner.aside.list(&task);
        task.start(Arc::clone(origin));
    }

    /// What the tasks have in common; the fallback runtime only if `needed`.
    fn origin(&self, report: Report, runtime: Option<Handle>, needed: bool) -> Arc<Origin> {
        let runtime = if needed {
            let found = fallback::or_fallback(runtime);
            found.inspect_err(events::no_runtime).ok()
        } else {
            runtime
        };
        Arc::new(Origin {
            executor: self.clone(),
            report,
            runtime,
        })
    }

    /// Queues the tasks of a response. Returns those for which there is no room
    /// and that are to be run all the same.
    fn queue(
        &self,
        lane: &Lane,
        tasks: VecDeque<Arc<dyn Runnable>>,
        origin: &Arc<Origin>,
    ) -> VecDeque<Arc<dyn Runnable>> {
        let limits = self.limits();
        let most = match limits.when_full {
            WhenFull::Wait => usize::MAX,
            WhenFull::Reject | WhenFull::RunInline => limits.queue,
        };
        let origin = Arc::clone(origin);
        let overflow = lane.push(Batch { tasks, origin }, most);
        if limits.when_full == WhenFull::RunInline {
            return overflow;
        }
        for task in overflow.into_iter().filter(|task| task.discard()) {
            task.header().end(Outcome::Skipped(Skip::QueueFull));
        }
        VecDeque::new()
    }
}
