//! Handing due tasks to threads.

use std::sync::Arc;

use super::builder::WhenFull;
use super::chunk::Chunk;
use super::lane::Lane;
use super::{Executor, Home, driver, fallback, runner};
use crate::events;
use crate::options::Options;
use crate::outcome::Skip;
use crate::scope::context::Origin;
use crate::sent::Report;
use crate::sys::Handle;
use crate::task::{Between, Extras, Queued, Runnable, TaskList};

/// How a task is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// When its gate says so.
    Gated,
    Async,
    Blocking,
    /// On this thread.
    Here,
}

impl Way {
    fn of(task: &dyn Runnable) -> Self {
        let options = &task.header().options;
        if options.extras().is_some_and(Extras::has_gate) {
            return Self::Gated;
        }
        Self::without_gate(options, task.is_blocking())
    }

    fn without_gate(options: &Options, is_blocking: bool) -> Self {
        match (is_blocking, options.same_thread) {
            (false, _) => Self::Async,
            (true, false) => Self::Blocking,
            (true, true) => Self::Here,
        }
    }
}

/// Sorts tasks by their way.
fn sorted(mut tasks: TaskList) -> [Vec<Arc<dyn Runnable>>; 4] {
    let mut ways = [const { Vec::new() }; 4];
    if let Some(kind) = tasks.common() {
        let way = Way::without_gate(kind.options, kind.is_blocking);
        ways[way as usize] = tasks.into_vec();
        return ways;
    }
    for task in tasks.drain() {
        ways[Way::of(&*task) as usize].push(task);
    }
    ways
}

impl Home {
    /// Starts the tasks of a response: first those for other threads, in order,
    /// then those for this thread, one after another.
    pub(crate) fn start(&self, tasks: TaskList, report: Report, runtime: Option<Handle>) {
        if tasks.is_empty() {
            return;
        }
        self.look_round(report.reached_at);
        let [gated, asynchronous, blocking, mut here] = sorted(tasks);
        let elsewhere = !(blocking.is_empty() && asynchronous.is_empty() && gated.is_empty());
        let origin = self.origin(report, runtime, elsewhere);
        for task in gated {
            self.start_behind(task, origin.clone());
        }
        if let Some(runtime) = origin.runtime.as_ref().filter(|_| elsewhere) {
            let lanes = self.lanes(runtime);
            if !asynchronous.is_empty() {
                // What finds no room comes last, behind what does.
                let overflow = self.queue(&lanes.asynchronous, asynchronous, origin.clone());
                for claim in Chunk::all_of(overflow, &origin).flat_map(Chunk::into_claims) {
                    driver::exceed(&lanes, runtime, &claim);
                }
                driver::start(&lanes, runtime);
            }
            if !blocking.is_empty() {
                here.extend(self.queue(&lanes.blocking, blocking, origin.clone()));
                runner::call(&lanes, runtime);
            }
        } else {
            // No runtime is to be had: they end as shut down.
            blocking.into_iter().map(Queued).for_each(drop);
            asynchronous.into_iter().map(Queued).for_each(drop);
        }
        if !here.is_empty() {
            self.run_here(here, &origin);
        }
    }

    /// Starts a task that follows no response: a closure on this thread.
    pub(crate) fn start_now(
        &self,
        task: Arc<dyn Runnable>,
        report: Report,
        runtime: Option<Handle>,
    ) {
        match Way::of(&*task) {
            Way::Gated | Way::Async => self.start(task.into(), report, runtime),
            Way::Blocking | Way::Here => {
                self.run_here(vec![task], &self.origin(report, runtime, false));
            }
        }
    }

    /// What the tasks have in common; the fallback runtime only if `needed`.
    fn origin(&self, report: Report, runtime: Option<Handle>, needed: bool) -> Origin {
        let runtime = if needed {
            let found = fallback::or_fallback(runtime);
            found.inspect_err(events::no_runtime).ok()
        } else {
            runtime
        };
        Origin {
            executor: self.clone(),
            report,
            runtime,
        }
    }
}

impl Executor {
    /// Runs closures on this thread, one after another.
    fn run_here(&self, tasks: Vec<Arc<dyn Runnable>>, origin: &Origin) {
        let mut between = Between::default();
        for chunk in Chunk::all_of(tasks, origin) {
            let _listed = self.inner.aside.list(&chunk);
            for task in chunk.tasks() {
                task.run(&chunk, &mut between);
            }
        }
    }

    /// Queues the tasks of a response. Returns those for which there is no room
    /// and that are to be run all the same.
    fn queue(
        &self,
        lane: &Lane,
        tasks: Vec<Arc<dyn Runnable>>,
        origin: Origin,
    ) -> Vec<Arc<dyn Runnable>> {
        let limits = self.limits();
        let most = match limits.when_full {
            WhenFull::Wait => usize::MAX,
            WhenFull::Reject | WhenFull::RunInline => limits.queue,
        };
        let overflow = lane.push(tasks, origin, most);
        if limits.when_full == WhenFull::RunInline {
            return overflow;
        }
        for task in overflow {
            task.skip(Skip::QueueFull);
        }
        Vec::new()
    }
}
