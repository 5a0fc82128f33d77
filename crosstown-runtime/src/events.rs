//! What the log hears of.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::executor::Unfinished;
use crate::outcome::{Outcome, Skip};
use crate::scope::context::{CURE, is_of_this_handler};
use crate::span::TaskSpan;
use crate::task::{Header, Runnable};
use crate::unwind::contained;

/// An event of the crate's target, in whatever module it is.
macro_rules! say {
    ($level:ident, $($rest:tt)*) => {
        tracing::event!(target: "crosstown_runtime", tracing::Level::$level, $($rest)*)
    };
}

/// One about a task.
macro_rules! event {
    ($level:ident, $header:expr, $($rest:tt)*) => {
        say!(
            $level,
            task = &*$header.options.name(),
            file = $header.options.file(),
            line = $header.options.line(),
            $($rest)*
        )
    };
}

/// A task has ended.
pub(crate) fn ended(header: &Header, outcome: &Outcome, span: &TaskSpan) {
    span.ended(outcome);
    if !matches!(outcome, Outcome::Completed | Outcome::Cancelled) {
        contained(|| span.in_scope(|| ended_badly(header, outcome)));
    }
}

fn ended_badly(header: &Header, outcome: &Outcome) {
    match outcome {
        Outcome::Completed | Outcome::Cancelled => {}
        Outcome::Failed(error) => {
            event!(
                ERROR,
                header,
                error = error.message(),
                "a task that follows the response failed"
            );
        }
        Outcome::Panicked(panic) => {
            event!(
                ERROR,
                header,
                panic = panic.message(),
                "a task that follows the response panicked"
            );
        }
        Outcome::Abandoned => {
            event!(
                ERROR,
                header,
                "a task that follows the response was cut off by the end of its runtime"
            );
        }
        Outcome::TimedOut => {
            event!(
                ERROR,
                header,
                "a task that follows the response ran into its timeout"
            );
        }
        Outcome::Skipped(skip) => skipped(header, *skip),
    }
}

fn skipped(header: &Header, skip: Skip) {
    match skip {
        Skip::ShutDown => {
            event!(
                WARN,
                header,
                "a task that follows the response was lost: its runtime is shut down"
            );
        }
        Skip::Undeliverable => {
            event!(
                WARN,
                header,
                "a task waits for the delivery of its response, which can't be heard of here: \
                 that needs Linux, the feature `delivered`, and `axum::serve` of this crate on \
                 TCP, or a `WireStream` that was told of its TCP connection; see `Phase::Delivered`"
            );
        }
        Skip::QueueFull => {
            event!(
                WARN,
                header,
                "a task that follows the response was rejected: the queue is full"
            );
        }
        _ => event!(DEBUG, header, cause = ?skip, "a task that follows the response was skipped"),
    }
}

/// A task was registered where no response is in progress, and nothing says that
/// this is meant. Told once: who means it may have many.
pub(crate) fn outside(header: &Header) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if is_told(&TOLD) {
        return;
    }
    contained(|| {
        event!(
            WARN,
            header,
            "a task that follows the response runs at once, since no response is in \
             progress here: {CURE}; where it is meant, `without_response = \"run\"` says \
             so (told of the first such task only)"
        );
    });
}

/// The outcome of a task is waited for in the handler whose response it follows.
/// Told once, and looked for until then.
#[cold]
pub(crate) fn awaited(task: &Arc<dyn Runnable>) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if TOLD.load(Ordering::Relaxed) || !is_of_this_handler(task) || is_told(&TOLD) {
        return;
    }
    contained(|| {
        event!(
            WARN,
            task.header(),
            "a handler waits for the outcome of a task that follows its own response, which \
             is for ever: return the response, and await the outcome elsewhere, as in a \
             `tokio::spawn` (told of the first such task only)"
        );
    });
}

/// Whether somebody has told of it, or is about to. If not, that is the caller's.
///
/// Not a `Once`, in which the subscriber would be called: it may come back here,
/// as one does whose lines are shipped by a task, and would wait for itself; and
/// all others would wait for the subscriber.
fn is_told(told: &AtomicBool) -> bool {
    // Looked at before it is written: threads can share what they only read.
    told.load(Ordering::Relaxed) || told.swap(true, Ordering::Relaxed)
}

/// There is no tokio runtime, and the fallback could not be started.
pub(crate) fn no_runtime(error: &io::Error) {
    contained(|| say!(ERROR, %error, "no runtime to run tasks that follow the response"));
}

/// The runtime could not make a thread.
pub(crate) fn no_thread(panic: &(dyn Any + Send)) {
    let panic = crate::unwind::panic_message(panic);
    contained(|| {
        say!(
            ERROR,
            panic,
            "no thread to run a task that follows the response"
        )
    });
}

/// A closure ran for longer than it should.
pub(crate) fn overran(header: &Header, ran: Duration) {
    contained(|| {
        event!(
            WARN,
            header,
            ?ran,
            "a task that follows the response kept its thread for long"
        );
    });
}

/// A closure runs for longer than it should.
pub(crate) fn overruns(header: &Header, ran: Duration) {
    contained(|| {
        event!(
            WARN,
            header,
            ?ran,
            "a task that follows the response is keeping its thread for long"
        );
    });
}

/// A drain left this task behind.
pub(crate) fn unfinished(task: &Unfinished) {
    contained(|| {
        say!(WARN,
            task = task.name,
            file = task.file,
            line = task.line,
            age = ?task.age,
            is_running = task.is_running,
            "a task that follows the response had not ended when the drain did"
        );
    });
}

/// A drain left tasks behind that wait for their response.
pub(crate) fn unanswered(tasks: u64) {
    contained(|| {
        say!(
            WARN,
            tasks,
            "tasks still waited for their response when the drain ended"
        )
    });
}

/// A drain left more tasks behind than it names.
pub(crate) fn unnamed(tasks: u64) {
    contained(|| {
        say!(
            WARN,
            tasks,
            "more tasks than are named had not ended when the drain did, or still waited \
             for their response"
        )
    });
}

/// A hook of the user's panicked.
pub(crate) fn hook_panicked(panic: &str) {
    contained(|| say!(ERROR, panic, "a hook on the outcome of a task panicked"));
}

/// A layer was put up that does not hear its connection. Told once.
#[cfg(feature = "tower")]
pub(crate) fn release_only() {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if is_told(&TOLD) {
        return;
    }
    contained(|| {
        say!(
            INFO,
            "tasks start when the transport lets go of a response, which over TLS \
             and for responses without data is before it is on the wire; to wait \
             for the wire, serve with `axum::serve` of crosstown-runtime or give \
             the layer its connection by `CrosstownLayer::wire`"
        );
    });
}

/// Returns `future`, polled in the span that is current here.
#[cfg(feature = "wire")]
pub(crate) fn in_current_span<F: Future>(future: F) -> impl Future<Output = F::Output> {
    tracing::Instrument::in_current_span(future)
}
