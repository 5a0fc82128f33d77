//! Handing due tasks to threads.

use std::sync::Arc;

use super::aside::{Aside, Spot};
use super::builder::WhenFull;
use super::chunk::{Chunk, Origin};
use super::{Home, driver, fallback, runner};
use crate::events;
use crate::options::Options;
use crate::outcome::Skip;
use crate::sent::Report;
use crate::sys::Handle;
use crate::task::{Between, Extras, Queued, Runnable, TaskList, Tasks};

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
fn sorted(mut tasks: TaskList) -> [Tasks; 4] {
    let mut ways = [Tasks::NONE; 4];
    for task in tasks.drain() {
        ways[Way::of(&*task) as usize].push(task, Vec::new);
    }
    ways
}

impl Home {
    /// Starts the tasks of a response: first those for other threads, in order,
    /// then those for this thread, one after another.
    pub(crate) fn start(&self, mut tasks: TaskList, report: Report, runtime: Option<&Handle>) {
        if tasks.is_empty() {
            return;
        }
        self.look_round(report.reached_at);
        match tasks.common() {
            Some(kind) => {
                let way = Way::without_gate(kind.options, kind.is_blocking);
                self.start_alike(way, tasks.into_tasks(), report, runtime);
            }
            None => self.start_each(tasks, report, runtime),
        }
    }

    /// Starts tasks that all go the same way, as those of most responses do.
    fn start_alike(&self, way: Way, tasks: Tasks, report: Report, runtime: Option<&Handle>) {
        let runtime = runtime_for(way != Way::Here, runtime);
        let origin = self.origin(report, runtime);
        if let Some((here, origin)) = self.hand_out(way, tasks, origin, runtime) {
            self.run_here(here, origin);
        }
    }

    /// Starts each task its own way.
    fn start_each(&self, tasks: TaskList, report: Report, runtime: Option<&Handle>) {
        let [gated, asynchronous, blocking, mut here] = sorted(tasks);
        let elsewhere = [
            (Way::Gated, gated),
            (Way::Async, asynchronous),
            (Way::Blocking, blocking),
        ];
        let is_needed = elsewhere.iter().any(|(_, tasks)| !tasks.is_empty());
        let runtime = runtime_for(is_needed, runtime);
        let origin = self.origin(report, runtime);
        for (way, tasks) in elsewhere {
            if !tasks.is_empty()
                && let Some((mut more, _)) = self.hand_out(way, tasks, origin.clone(), runtime)
            {
                more.drain().for_each(|task| here.push(task, Vec::new));
            }
        }
        if !here.is_empty() {
            self.run_here(here, origin);
        }
    }

    /// Starts a task that follows no response: a closure on this thread.
    pub(crate) fn start_now(
        &self,
        task: Arc<dyn Runnable>,
        report: Report,
        runtime: Option<&Handle>,
    ) {
        task.drop_rule();
        match Way::of(&*task) {
            Way::Gated | Way::Async => self.start(task.into(), report, runtime),
            Way::Blocking | Way::Here => self.run_here(task.into(), self.origin(report, runtime)),
        }
    }

    /// Hands tasks to other threads. Returns those that are to be run on this
    /// one.
    fn hand_out(
        &self,
        way: Way,
        mut tasks: Tasks,
        origin: Origin,
        runtime: Option<&Handle>,
    ) -> Option<(Tasks, Origin)> {
        if way == Way::Here {
            return Some((tasks, origin));
        }
        if way == Way::Gated {
            for task in tasks.drain() {
                self.start_behind(task, origin.clone());
            }
            return None;
        }
        let Some(runtime) = runtime else {
            // None is to be had: they end as shut down.
            tasks.drain().map(Queued).for_each(drop);
            return None;
        };
        let lanes = self.lanes(runtime);
        let limits = self.limits();
        let overflow = if way == Way::Async {
            let (begun, overflow) = lanes
                .asynchronous
                .push_or_begin(tasks, origin, limits.room());
            driver::start(begun, &lanes, runtime);
            overflow
        } else {
            let (called, overflow) = lanes.blocking.push(tasks, origin, limits.room());
            runner::call(called, &lanes, runtime);
            overflow
        };
        let (mut overflow, origin) = overflow?;
        match (limits.when_full, way) {
            (WhenFull::RunInline, Way::Async) => {
                for claim in Chunk::all_of(overflow, origin).flat_map(Chunk::into_claims) {
                    driver::exceed(&lanes, runtime, &claim);
                }
            }
            (WhenFull::RunInline, _) => return Some((overflow, origin)),
            (WhenFull::Wait | WhenFull::Reject, _) => {
                overflow.drain().for_each(|task| task.skip(Skip::QueueFull));
            }
        }
        None
    }

    /// What the tasks have in common.
    fn origin(&self, report: Report, runtime: Option<&Handle>) -> Origin {
        Origin {
            executor: self.clone(),
            report,
            runtime: runtime.cloned(),
        }
    }

    /// Runs closures on this thread, one after another.
    fn run_here(&self, tasks: Tasks, origin: Origin) {
        let aside = &self.inner.aside;
        let (first, mut rest) = Chunk::first_of(tasks, origin);
        let first = Here::list(aside, first);
        // All are listed before the first is run, for a drain to name them.
        let mut others = Vec::new();
        while let Some(chunk) = first.chunk.next_of(&mut rest) {
            others.push(Here::list(aside, chunk));
        }
        let mut between = Between::default();
        first.run(&mut between);
        for here in others {
            here.run(&mut between);
        }
    }
}

/// Tasks that are listed to be run on this thread. Dropped before they were, as by
/// something that unwinds, which nothing should, those that are left end.
struct Here<'a> {
    chunk: Arc<Chunk>,
    aside: &'a Aside,
    spot: Spot,
    is_over: bool,
}

impl<'a> Here<'a> {
    fn list(aside: &'a Aside, chunk: Arc<Chunk>) -> Self {
        Self {
            spot: aside.enter(&chunk),
            aside,
            chunk,
            is_over: false,
        }
    }

    fn run(mut self, between: &mut Between) {
        self.chunk.run(between);
        self.is_over = true;
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let left = self.chunk.tasks().iter().map(Arc::clone);
            left.map(Queued).for_each(drop);
        }
        self.aside.leave(self.spot);
    }
}

/// The runtime of the response, or if one is `needed`, the fallback.
fn runtime_for(needed: bool, runtime: Option<&Handle>) -> Option<&Handle> {
    if !needed {
        return runtime;
    }
    let found = fallback::or_fallback(runtime);
    found.inspect_err(events::no_runtime).ok()
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::Executor;
    use crate::task::Task;

    #[test]
    fn what_something_unwinds_past_ends_unrun_and_is_listed_no_more() {
        let home = Home::from(Executor::new());
        let origin = home.origin(Report::without_response(Instant::now()), None);
        let (tasks, registrations): (Vec<_>, Vec<_>) = (0..3)
            .map(|_| Task::new(|| ()).registered_with(&home))
            .unzip();
        let here = Here::list(&home.inner.aside, Chunk::new(tasks, origin));
        here.chunk.tasks()[0].skip(Skip::QueueFull);
        assert_eq!(home.inner.aside.tasks(usize::MAX, |_| true).len(), 3);
        drop(here);
        assert!(home.inner.aside.tasks(usize::MAX, |_| true).is_empty());
        assert!(registrations.iter().all(|task| task.is_finished()));
        let skipped = home.stats().skipped;
        assert_eq!((skipped.queue_full, skipped.shut_down), (1, 2));
    }
}
