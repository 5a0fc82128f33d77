//! What is in progress where code runs, and registering with it.

#[cfg(feature = "tracing")]
use std::ptr;
use std::sync::Arc;
use std::time::Instant;

use super::cell::ScopeCell;
pub(crate) use super::in_context::enter;
use super::in_context::read;
#[cfg(feature = "wire")]
use super::settings::Settings;
use super::state::ResponseState;
use crate::events;
use crate::executor::{Claim, Executor};
use crate::options::WithoutResponse;
use crate::outcome::Skip;
use crate::sent::Report;
use crate::span::Cause;
use crate::sys::Handle;
use crate::task::{Registration, Runnable};

/// What to do where no response is in progress, and one should be.
pub(crate) const CURE: &str = "serve with `crosstown_runtime::axum::serve`, or add a \
    `CrosstownLayer`; for a spawned task, make its future in the handler with \
    `in_response_scope`; for `on_upgrade` or a streamed body, take a `ScopeHandle` in the \
    handler";

/// What is in progress where code runs.
pub(crate) enum Context {
    /// A handler, by the scope that was made for its request.
    Handler(ScopeCell),
    /// Something else: in a type of its own, so that one comparison tells the
    /// context of a request from the others.
    Other(Other),
}

/// What may be in progress but a handler.
#[derive(Clone)]
pub(crate) enum Other {
    /// Work that was told to carry a scope along, if there was one.
    Carried(Option<Arc<ResponseState>>),
    /// A task that follows a response. No response is in progress in it.
    Task(Claim),
    /// Whatever is in progress around it: this one is never entered.
    #[cfg(feature = "wire")]
    Surrounding,
}

impl Context {
    /// Nothing is in progress.
    pub(crate) const OUTSIDE: Self = Self::Other(Other::Carried(None));

    pub(crate) fn carried(state: Option<Arc<ResponseState>>) -> Self {
        Self::Other(Other::Carried(state))
    }

    pub(crate) fn task(claim: Claim) -> Self {
        Self::Other(Other::Task(claim))
    }

    /// See [`Other::Surrounding`].
    #[inline]
    pub(super) fn is_surrounding(&self) -> bool {
        match self {
            #[cfg(feature = "wire")]
            Self::Other(Other::Surrounding) => true,
            _ => false,
        }
    }

    /// The scope of the handler that it is of, if it is one's.
    #[inline]
    pub(super) fn handler(&mut self) -> Option<&mut ScopeCell> {
        match self {
            Self::Handler(cell) => Some(cell),
            Self::Other(_) => None,
        }
    }

    /// Whether a response is in progress in it.
    #[cfg(any(feature = "wire", feature = "metrics"))]
    #[inline]
    fn has_response(&self) -> bool {
        matches!(
            self,
            Self::Handler(_) | Self::Other(Other::Carried(Some(_)))
        )
    }

    /// The response in progress in it. Makes its shared state when it is first
    /// asked for.
    #[inline]
    fn response(&self) -> Option<&Arc<ResponseState>> {
        match self {
            Self::Handler(cell) => Some(cell.state()),
            Self::Other(Other::Carried(state)) => state.as_ref(),
            Self::Other(_) => None,
        }
    }
}

/// Calls `body` in the scope of a handler.
#[inline]
pub(crate) fn enter_handler<R>(cell: &mut ScopeCell, body: impl FnOnce() -> R) -> R {
    let mut context = Context::Handler(std::mem::take(cell));
    let output = enter(&mut context, body);
    if let Context::Handler(entered) = context {
        *cell = entered;
    }
    output
}

/// Reads the claim of the running task, if one is running here.
pub(crate) fn current_task<R>(read_task: impl FnOnce(&Claim) -> R) -> Option<R> {
    read(|context| match context {
        Context::Other(Other::Task(task)) => Some(read_task(task)),
        _ => None,
    })?
}

/// The state of the response in progress here, if one is.
pub(crate) fn current_response() -> Option<Arc<ResponseState>> {
    read(|context| context.response().cloned())?
}

/// A context for work that carries along what is in progress here: a response, or
/// the task that runs.
pub(super) fn carried_along() -> Context {
    let along = read(|context| match context {
        Context::Handler(cell) => Context::carried(Some(Arc::clone(cell.state()))),
        Context::Other(other) => Context::Other(other.clone()),
    });
    along.unwrap_or(Context::OUTSIDE)
}

/// What was said of the scope of the handler that code here is called by.
#[cfg(feature = "wire")]
pub(crate) fn current_settings() -> Option<Arc<Settings>> {
    read(|context| match context {
        Context::Handler(cell) => cell.settings.clone(),
        _ => None,
    })?
}

/// Whether `task` waits for the response of the handler that runs here.
#[cfg(feature = "tracing")]
pub(crate) fn is_of_this_handler(task: &Arc<dyn Runnable>) -> bool {
    let is_among = |waiting: &[Arc<dyn Runnable>]| {
        let mut waiting = waiting.iter().map(Arc::as_ptr);
        waiting.any(|other| ptr::addr_eq(other, Arc::as_ptr(task)))
    };
    let found = read(|context| match context {
        Context::Handler(cell) => Some(cell.known_state()?.with_waiting(is_among)),
        _ => None,
    });
    found.flatten().unwrap_or(false)
}

/// Whether a response is in progress here.
#[cfg(any(feature = "wire", feature = "metrics"))]
#[inline]
pub(crate) fn is_response_in_progress() -> bool {
    read(|context| context.has_response()).unwrap_or(false)
}

/// Registers a task with the response in progress here, or where none is, lets
/// its options decide.
#[track_caller]
pub(crate) fn register(task: Arc<dyn Runnable>) -> Registration {
    #[cfg(feature = "metrics")]
    if is_response_in_progress() {
        crate::metrics::registered(task.header());
    }
    let mut task = Some(task);
    // Inside `read` no context can be entered, so nothing of the user's runs there,
    // but for a subscriber that is asked for the span when the state is made.
    let registered = read(|context| Some(context.response()?.register(task.take()?)));
    if let Some((registration, at_once)) = registered.flatten() {
        if let Some(at_once) = at_once {
            at_once.act();
        }
        return registration;
    }
    match task {
        Some(task) => without_response(task),
        None => unreachable!("a task that was taken was registered"),
    }
}

#[track_caller]
#[cold]
#[inline(never)]
fn without_response(mut task: Arc<dyn Runnable>) -> Registration {
    let around = current_task(|task| {
        let origin = task.origin();
        (origin.executor.clone(), origin.runtime.clone())
    });
    let mut decision = task.header().options.without_response;
    if decision.is_none() && around.is_none() {
        decision = Executor::global().without_response();
        if decision.is_none() {
            events::outside(task.header());
        }
    }
    let (executor, runtime) = around.unwrap_or_default();
    let runtime = Handle::try_current().ok().or(runtime);
    let decision = decision.unwrap_or(WithoutResponse::Run);
    if decision == WithoutResponse::Panic {
        let name = task.header().options.name().into_owned();
        drop(task);
        panic!(
            "task `{name}` follows a response, but none is in progress here: {CURE} \
             (`without_response` is \"panic\")"
        );
    }
    #[cfg(feature = "metrics")]
    crate::metrics::registered(task.header());
    let registration = task.registered_with(&executor);
    match decision {
        WithoutResponse::Skip => task.skip(Skip::WithoutResponse),
        WithoutResponse::Run | WithoutResponse::Panic => {
            let report = Report {
                cause: Cause::here(),
                ..Report::without_response(Instant::now())
            };
            executor.start_now(task, report, runtime.as_ref());
        }
    }
    registration
}
