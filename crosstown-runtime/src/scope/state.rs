//! What one response and its tasks share.
//!
//! Invariants:
//! 1. A task is in `waiting` exactly as long as [`judge`] says [`Verdict::Wait`]
//!    about it and the report; one that has ended, as by a cancellation, may
//!    leave before that. However long the response lasts, a list that is full
//!    lets go of what has ended before it grows.
//! 2. The report only moves on: no response, or head, then sent, then
//!    delivered, or aborted; after its last change nothing waits.
//! 3. Tasks leave under the lock and are acted on outside of it, so that no
//!    user code runs under it.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{StatusCode, Version};

use super::keys::{Earlier, Keys};
use super::settings::Settings;
use crate::executor::Home;
use crate::lock::lock;
use crate::options::{NoResponse, OnAbort, Options};
use crate::outcome::Skip;
use crate::sent::{Abort, Phase, Report};
use crate::span::Cause;
use crate::sys::atomic::{AtomicU64, Ordering};
use crate::sys::{AbortHandle, Handle, Mutex, wait};
use crate::task::{Extras, Registration, Runnable, TaskList};

/// What one response and its tasks share. Taken when the first of them is
/// registered; a response that nothing follows has none.
#[derive(Default)]
pub(crate) struct ResponseState {
    /// The protocol version of the request.
    version: Option<Version>,
    deliverable: bool,
    /// Whether a test plays the response, and no adapter follows it.
    #[cfg(feature = "wire")]
    pub(crate) is_recorded: bool,
    time_limit: Option<Duration>,
    executor: Home,
    /// The runtime on which the state was made, if it is one of tokio's.
    runtime: Option<Handle>,
    cause: Cause,
    /// Bytes of body handed to the transport.
    bytes: AtomicU64,
    progress: Mutex<Progress>,
}

/// How far the response is, and who waits for it to go further.
#[derive(Default)]
struct Progress {
    /// `None` while the handler works.
    report: Option<Report>,
    /// When it was sent, if it was and the report says what came after that.
    sent_at: Option<Instant>,
    waiting: TaskList,
    keys: Keys,
}

/// A time limit that runs. Dropped, it is lifted.
pub(crate) struct TimeLimit(AbortHandle);

impl Drop for TimeLimit {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What happens next to a response.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Head(StatusCode),
    Sent,
    Delivered,
    Aborted(Abort),
}

/// What a report means for a task.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Wait,
    Run,
    Skip(Skip),
}

/// Tasks that a change of the report has made due, in registration order: about
/// none of them [`judge`] says [`Verdict::Wait`].
#[must_use = "tasks that are due and not acted on are lost"]
pub(crate) struct Due {
    report: Report,
    tasks: TaskList,
}

/// What a registration ends or starts at once, to be acted on where code of the
/// user's may run.
#[must_use = "a task that is not acted on is lost"]
pub(crate) struct AtOnce {
    earlier: Earlier,
    /// The task itself, if it can wait for nothing.
    late: Option<Late>,
}

/// A task that can wait for nothing.
enum Late {
    /// Its verdict is known already.
    Due(Due, Arc<ResponseState>),
    /// It would wait for what nobody will say.
    Undeliverable(Arc<dyn Runnable>),
}

impl AtOnce {
    #[cold]
    pub(super) fn act(self) {
        let Earlier { replaced, ended } = self.earlier;
        if let Some(earlier) = replaced {
            earlier.replaced();
        }
        match self.late {
            None => {}
            Some(Late::Due(due, state)) => due.act(&state),
            Some(Late::Undeliverable(task)) => task.skip(Skip::Undeliverable),
        }
        drop(ended);
    }

    fn boxed(late: Option<Late>) -> Box<Self> {
        Box::new(Self {
            earlier: Earlier::default(),
            late,
        })
    }
}

impl ResponseState {
    /// Says what it is the state of, to one that nothing has happened to and
    /// that has the default settings.
    #[inline]
    pub(super) fn begin(&mut self, settings: Option<&Settings>, version: Option<Version>) {
        if let Some(settings) = settings {
            self.deliverable = settings.is_deliverable();
            #[cfg(feature = "wire")]
            {
                self.is_recorded = settings.is_recorded;
            }
            self.time_limit = settings.time_limit;
            self.executor = settings.executor.clone();
        }
        self.version = version;
        self.runtime = Handle::try_current().ok();
        self.cause = Cause::here();
    }

    /// Makes it one that nothing has happened to.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds a task. What it ends at once, as the earlier one of its key, is
    /// returned; and so is it itself when its verdict is known already, as with
    /// work that carried the scope beyond its response.
    #[inline]
    pub(crate) fn register(
        self: &Arc<Self>,
        mut task: Arc<dyn Runnable>,
    ) -> (Registration, Option<Box<AtOnce>>) {
        let registration = task.registered_with(&self.executor);
        let options = &task.header().options;
        let at_once = if options.extras().is_some() || options.phase == Phase::Delivered {
            self.add_heeding(task, &registration)
        } else {
            self.add(task)
        };
        (registration, at_once)
    }

    /// Adds a task, unless it can wait for nothing.
    #[inline(always)]
    fn add(self: &Arc<Self>, task: Arc<dyn Runnable>) -> Option<Box<AtOnce>> {
        let mut progress = lock(&self.progress);
        if let Some(report) = progress.report
            && judge(&task.header().options, &report) != Verdict::Wait
        {
            let sent_at = progress.sent_at;
            return Some(self.late(report, sent_at, task));
        }
        if progress.waiting.is_full() {
            return add_in_place(&mut progress.waiting, task);
        }
        progress.waiting.push(task);
        None
    }

    /// Adds a task that asks for more than to be run.
    #[cold]
    fn add_heeding(
        self: &Arc<Self>,
        task: Arc<dyn Runnable>,
        registration: &Registration,
    ) -> Option<Box<AtOnce>> {
        let options = &task.header().options;
        let extras = options.extras();
        let earlier = extras.and_then(|extras| self.heed(extras, registration));
        let mut at_once = if options.phase == Phase::Delivered && !self.deliverable {
            Some(AtOnce::boxed(Some(Late::Undeliverable(task))))
        } else {
            self.add(task)
        };
        if let Some(mut earlier) = earlier {
            let at_once = at_once.get_or_insert_with(|| AtOnce::boxed(None));
            at_once.earlier.replaced = earlier.replaced;
            at_once.earlier.ended.append(&mut earlier.ended);
        }
        at_once
    }

    /// Does what the extras of a task ask for when it is registered. Returns the
    /// earlier tasks that are gone by that, if any.
    fn heed(&self, extras: &Extras, registration: &Registration) -> Option<Earlier> {
        extras.limit_gate(self.time_limit);
        let key = extras.take_key()?;
        let mut progress = lock(&self.progress);
        let earlier = progress.keys.insert(key, registration.another());
        (!earlier.is_none()).then_some(earlier)
    }

    #[cold]
    fn late(
        self: &Arc<Self>,
        mut report: Report,
        sent_at: Option<Instant>,
        task: Arc<dyn Runnable>,
    ) -> Box<AtOnce> {
        report.is_late = true;
        let phase = task.header().options.phase;
        // What broke the response later, or nobody heard of, is not its affair.
        if report.phase >= Some(phase) {
            report.aborted = None;
            let reached_at = match phase {
                Phase::Head => report.head_at,
                Phase::Sent => sent_at,
                Phase::Delivered => None,
            };
            report.reached_at = reached_at.unwrap_or(report.reached_at);
        }
        let tasks = task.into();
        let due = Due { report, tasks };
        AtOnce::boxed(Some(Late::Due(due, Arc::clone(self))))
    }

    /// Aborts the response after the time limit, if there is one, unless the
    /// result is dropped before.
    pub(crate) fn start_time_limit(self: &Arc<Self>) -> Option<TimeLimit> {
        let (limit, runtime) = (self.time_limit?, self.runtime()?);
        let state = Arc::downgrade(self);
        let timer = runtime.spawn(async move {
            wait(limit).await;
            if let Some(state) = state.upgrade() {
                state.advance(Event::Aborted(Abort::TimeLimit));
            }
        });
        Some(TimeLimit(timer.abort_handle()))
    }

    /// Notes what happened to the response and acts on the tasks that it makes
    /// due. An event that comes after the last possible one changes nothing.
    pub(crate) fn advance(&self, event: Event) {
        let due = {
            let mut progress = lock(&self.progress);
            let Progress {
                report,
                sent_at,
                waiting,
                ..
            } = &mut *progress;
            let Some(report) = self.note(report, sent_at, event) else {
                return;
            };
            let Some(tasks) = take_due(waiting, report) else {
                return;
            };
            Due {
                report: *report,
                tasks,
            }
        };
        due.act(self);
    }

    /// Notes an event in the report. Returns nothing when there can be none any
    /// more.
    fn note<'a>(
        &self,
        report: &'a mut Option<Report>,
        sent_at: &mut Option<Instant>,
        event: Event,
    ) -> Option<&'a Report> {
        let now = Instant::now();
        let report = report.get_or_insert_with(|| Report {
            version: self.version,
            cause: self.cause,
            ..Report::without_response(now)
        });
        if report.is_final() {
            return None;
        }
        if report.phase == Some(Phase::Sent) {
            *sent_at = Some(report.reached_at);
        }
        report.reached_at = now;
        report.bytes = self.bytes.load(Ordering::Relaxed);
        match event {
            Event::Head(status) => {
                report.status = Some(status);
                report.phase = Some(Phase::Head);
                report.head_at = Some(now);
            }
            Event::Sent => report.phase = Some(Phase::Sent),
            Event::Delivered => report.phase = Some(Phase::Delivered),
            Event::Aborted(abort) => report.aborted = Some(abort),
        }
        Some(report)
    }

    /// Adds to the bytes of body that were handed to the transport.
    pub(crate) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    #[cfg(feature = "wire")]
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether nothing waits for this response, and nothing that could still
    /// register with it is left but the caller.
    pub(crate) fn is_idle(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) == 1 && lock(&self.progress).waiting.is_empty()
    }

    /// Whether a task waits for `phase` that has not ended, as by a cancellation.
    fn awaits(&self, phase: Phase) -> bool {
        let progress = lock(&self.progress);
        let mut waiting = progress.waiting.as_slice().iter().map(|task| task.header());
        waiting.any(|task| task.options.phase == phase && !task.has_ended())
    }

    /// Whether a task waits for the delivery, or somebody is left who may register
    /// one that does.
    pub(crate) fn awaits_delivery(self: &Arc<Self>) -> bool {
        self.deliverable && (Arc::strong_count(self) > 1 || self.awaits(Phase::Delivered))
    }

    /// Reads the waiting tasks, in registration order.
    pub(crate) fn with_waiting<R>(&self, read: impl FnOnce(&[Arc<dyn Runnable>]) -> R) -> R {
        read(lock(&self.progress).waiting.as_slice())
    }

    /// Takes the first waiting task out.
    pub(crate) fn take_first(&self) -> Option<Arc<dyn Runnable>> {
        lock(&self.progress).waiting.take_first()
    }

    pub(crate) fn executor(&self) -> &Home {
        &self.executor
    }

    /// The runtime that serves the request, if it is one of tokio's. A handle that
    /// was made before the handler ran may have made the state outside of it: then
    /// it is the one from which this is asked.
    pub(crate) fn runtime(&self) -> Option<Handle> {
        self.runtime.clone().or_else(|| Handle::try_current().ok())
    }
}

/// Starts tasks of a response whose state was made outside of any runtime.
#[cold]
fn start_from_here(response: &ResponseState, tasks: TaskList, report: Report) {
    let runtime = response.runtime();
    response.executor.start(tasks, report, runtime.as_ref());
}

/// Adds a task to a list that is full, after what has ended has left it.
#[cold]
fn add_in_place(waiting: &mut TaskList, task: Arc<dyn Runnable>) -> Option<Box<AtOnce>> {
    let mut ended = waiting.sweep();
    waiting.push(task);
    if ended.is_empty() {
        return None;
    }
    let mut at_once = AtOnce::boxed(None);
    at_once.earlier.ended = ended.drain().map(Registration::new).collect();
    Some(at_once)
}

impl Due {
    /// Skips those that are to be skipped and starts the others: first those
    /// for other threads, then those for this one, both in registration order.
    fn act(self, response: &ResponseState) {
        let Self { report, mut tasks } = self;
        match tasks.common() {
            // One verdict for all, and none has a rule.
            Some(kind) if judge(kind.options, &report) == Verdict::Run => {}
            _ => tasks.retain(|task| match judge(&task.header().options, &report) {
                Verdict::Skip(skip) => {
                    task.skip(skip);
                    false
                }
                Verdict::Run | Verdict::Wait => task.ask_rule(&report),
            }),
        }
        match &response.runtime {
            None => start_from_here(response, tasks, report),
            runtime => response.executor.start(tasks, report, runtime.as_ref()),
        }
    }
}

impl Report {
    /// Whether no event can change it any more.
    fn is_final(&self) -> bool {
        self.aborted.is_some() || self.phase == Some(Phase::Delivered)
    }
}

/// Takes out what waits no longer, if anything does.
fn take_due(waiting: &mut TaskList, report: &Report) -> Option<TaskList> {
    if let Some(kind) = waiting.common() {
        return match judge(kind.options, report) {
            Verdict::Wait => None,
            Verdict::Run | Verdict::Skip(_) => Some(mem::take(waiting)),
        };
    }
    let is_due = |task: &Arc<dyn Runnable>| {
        let options = &task.header().options;
        judge(options, report) != Verdict::Wait
    };
    // As a rule all wait for the same phase: the list is handed on as it is.
    let due = if waiting.as_slice().iter().all(is_due) {
        mem::take(waiting)
    } else {
        waiting.extract(is_due)
    };
    (!due.is_empty()).then_some(due)
}

/// Says what `report` means for a task with `options`.
fn judge(options: &Options, report: &Report) -> Verdict {
    let Some(status) = report.status else {
        return match options.no_response {
            NoResponse::Run => Verdict::Run,
            NoResponse::Skip => Verdict::Skip(Skip::NoResponse),
        };
    };
    if options.no_go.contains(status) {
        return Verdict::Skip(Skip::NoGo(status));
    }
    if report.phase >= Some(options.phase) {
        return Verdict::Run;
    }
    match (report.aborted, options.on_abort()) {
        (None, _) => Verdict::Wait,
        (Some(_), OnAbort::Run) => Verdict::Run,
        (Some(_), OnAbort::Skip) => Verdict::Skip(Skip::Aborted),
    }
}
