//! Handing due tasks to threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::runtime::Handle;

use super::{Executor, fallback};
use crate::events;
use crate::scope::Entry;
use crate::scope::context::TaskContext;
use crate::sent::Report;
use crate::task::{Queued, Runnable};

impl Executor {
    /// Starts the tasks of a response: first those for other threads, in order,
    /// then those for this thread, one after another.
    pub(crate) fn start(&self, entries: Vec<Entry>, report: Report, runtime: Option<Handle>) {
        if entries.is_empty() {
            return;
        }
        let (here, elsewhere): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .map(|entry| entry.task)
            .partition(|task| task.header().options.same_thread);
        let runtime = self.runtime_for(&elsewhere, runtime);
        let context = |task: &Arc<dyn Runnable>| TaskContext {
            sent: report.seen_from(task.header().registered_at),
            executor: self.clone(),
            runtime: runtime.clone(),
        };
        for task in elsewhere {
            let context = context(&task);
            dispatch(task, context);
        }
        for task in here {
            let context = context(&task);
            task.start(context);
        }
    }

    /// Starts a task that follows no response: a closure on this thread.
    pub(crate) fn start_now(&self, entry: Entry, report: Report, runtime: Option<Handle>) {
        let task = entry.task;
        let runtime = if task.is_blocking() {
            runtime
        } else {
            self.runtime_for(std::slice::from_ref(&task), runtime)
        };
        let sent = report.seen_from(task.header().registered_at);
        let executor = self.clone();
        task.start(TaskContext {
            sent,
            executor,
            runtime,
        });
    }

    /// The runtime for `tasks`; the fallback only if there are any.
    fn runtime_for(&self, tasks: &[Arc<dyn Runnable>], runtime: Option<Handle>) -> Option<Handle> {
        if tasks.is_empty() {
            return runtime;
        }
        fallback::or_fallback(runtime)
            .inspect_err(events::no_runtime)
            .ok()
    }
}

/// Hands a task to another thread. Where there is none to be had, the task ends
/// as shut down, through [`Queued`].
fn dispatch(task: Arc<dyn Runnable>, context: TaskContext) {
    let blocking = task.is_blocking();
    let queued = Queued(task);
    let Some(runtime) = context.runtime.clone() else {
        return;
    };
    let start = move || Arc::clone(&queued.0).start(context);
    if blocking {
        // tokio panics when the system has no thread left for an empty pool.
        let spawned = catch_unwind(AssertUnwindSafe(|| drop(runtime.spawn_blocking(start))));
        if let Err(payload) = spawned {
            events::no_thread(&*payload);
        }
    } else {
        start();
    }
}
