//! The task-local that says what is in progress here, and registering with it.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use super::cell::ScopeCell;
use super::entry::Entry;
use super::state::ResponseState;
use crate::executor::Executor;
use crate::options::WithoutResponse;
use crate::outcome::Skip;
use crate::sent::{Report, Sent};
use crate::span::Cause;
use crate::sys::{Handle, TaskLocalFuture, task_local};
use crate::task::{Registration, Runnable};

task_local! {
    static CONTEXT: Context;
}

/// What is in progress where code runs.
pub(crate) enum Context {
    /// A handler, by the scope that was made for its request.
    Handler(ScopeCell),
    /// Work that carries a scope from elsewhere.
    Carried(Arc<ResponseState>),
    /// A task that follows a response. No response is in progress in it.
    Task(TaskContext),
    /// Nothing: a future that was told to carry a scope where there was none.
    Outside,
}

/// A future and the context it is polled in.
pub(crate) type InContext<F> = TaskLocalFuture<Context, F>;

/// What the tasks that are started together have in common.
pub(crate) struct Origin {
    pub(crate) executor: Executor,
    pub(crate) report: Report,
    pub(crate) runtime: Option<Handle>,
}

/// What a running task has around it.
#[derive(Clone)]
pub(crate) struct TaskContext {
    pub(crate) origin: Arc<Origin>,
    registered_at: Instant,
}

impl TaskContext {
    pub(crate) fn new(origin: Arc<Origin>, task: &dyn Runnable) -> Self {
        Self {
            origin,
            registered_at: task.header().registered_at,
        }
    }

    pub(crate) fn sent(&self) -> Sent {
        self.origin.report.seen_from(self.registered_at)
    }
}

impl Context {
    /// Reads the response in progress. Makes its shared state when it is first
    /// asked for.
    fn with_response<R>(&self, read: impl FnOnce(&Arc<ResponseState>) -> R) -> Option<R> {
        match self {
            Self::Handler(cell) => Some(cell.with_state(read)),
            Self::Carried(state) => Some(read(state)),
            Self::Task(_) | Self::Outside => None,
        }
    }
}

/// Polls `future` in `context`.
pub(crate) fn enter<F: Future>(context: Context, future: F) -> InContext<F> {
    CONTEXT.scope(context, future)
}

/// Calls `body` in `context`.
pub(crate) fn enter_sync<R>(context: Context, body: impl FnOnce() -> R) -> R {
    CONTEXT.sync_scope(context, body)
}

/// Calls `body` in the scope of a handler, and returns the scope to go on in.
pub(crate) fn enter_handler<R>(cell: ScopeCell, body: impl FnOnce() -> R) -> (R, ScopeCell) {
    enter_sync(Context::Handler(cell), || {
        let output = body();
        let cell = CONTEXT.try_with(|context| match context {
            Context::Handler(cell) => cell.take(),
            _ => ScopeCell::default(),
        });
        (output, cell.unwrap_or_default())
    })
}

/// Calls the body of a blocking task.
pub(crate) fn in_task<R>(task: TaskContext, body: impl FnOnce() -> R) -> R {
    enter_sync(Context::Task(task), body)
}

/// Polls the body of an async task.
pub(crate) fn future_in_task<F: Future>(task: TaskContext, body: F) -> InContext<F> {
    enter(Context::Task(task), body)
}

/// Reads the context of the running task, if one is running here.
pub(crate) fn current_task<R>(read: impl FnOnce(&TaskContext) -> R) -> Option<R> {
    CONTEXT
        .try_with(|context| match context {
            Context::Task(task) => Some(read(task)),
            _ => None,
        })
        .ok()?
}

/// The state of the response in progress here, if one is.
pub(crate) fn current_response() -> Option<Arc<ResponseState>> {
    CONTEXT
        .try_with(|context| context.with_response(Arc::clone))
        .ok()?
}

/// Whether a response is in progress here.
#[cfg(feature = "wire")]
pub(crate) fn is_response_in_progress() -> bool {
    let in_progress =
        CONTEXT.try_with(|context| matches!(context, Context::Handler(_) | Context::Carried(_)));
    in_progress.unwrap_or(false)
}

/// Notes that the handler in progress here panicked.
pub(crate) fn handler_panicked() {
    let _ = CONTEXT.try_with(|context| {
        if let Context::Handler(cell) = context {
            cell.note_panic();
        }
    });
}

/// Registers a task with the response in progress here, or where none is, lets
/// its options decide.
#[track_caller]
pub(crate) fn register(entry: Entry) -> Registration {
    let mut entry = Some(entry);
    // Nothing of the user's runs inside `try_with`: the key is borrowed there.
    let registered = CONTEXT.try_with(|context| {
        context.with_response(|response| Some(response.register(entry.take()?)))?
    });
    if let Ok(Some((registration, late))) = registered {
        if let Some(late) = late {
            late.act();
        }
        return registration;
    }
    match entry {
        Some(entry) => without_response(entry),
        None => unreachable!("an entry that was taken was registered"),
    }
}

#[track_caller]
fn without_response(mut entry: Entry) -> Registration {
    let (executor, runtime) =
        current_task(|task| (task.origin.executor.clone(), task.origin.runtime.clone()))
            .unwrap_or_else(|| (Executor::global().clone(), None));
    let runtime = Handle::try_current().ok().or(runtime);
    let decision = entry.task.header().options.without_response;
    if decision == WithoutResponse::Panic {
        let name = entry.task.header().options.name().into_owned();
        drop(entry);
        panic!(
            "task `{name}` follows a response, but none is in progress here \
             (its option `without_response` is \"panic\")"
        );
    }
    let registration = entry.registered_with(&executor);
    match decision {
        WithoutResponse::Skip => entry.skip(Skip::WithoutResponse),
        WithoutResponse::Run | WithoutResponse::Panic => {
            let report = Report {
                cause: Cause::here(),
                ..Report::without_response()
            };
            executor.start_now(entry, report, runtime);
        }
    }
    registration
}
