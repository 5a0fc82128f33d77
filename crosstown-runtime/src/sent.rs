//! What a task may know of the response it follows.

use std::time::Instant;

use http::{StatusCode, Version};

use crate::scope::context;
use crate::span::Cause;
use crate::task::Header;

/// A moment in the life of a response at which tasks can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Phase {
    /// The status is known; no byte is sent yet.
    Head,
    /// The last byte is on the wire: it has left the process for the kernel.
    /// What that rests on is said by the adapter in use.
    #[default]
    Sent,
    /// The kernel of the peer has acknowledged every byte: TCP on Linux, with
    /// the feature `delivered`, on a tokio runtime with timers. Ours is asked for it at
    /// intervals, and once more before the connection is shut down or closed. One that
    /// is gone before that was seen counts as aborted by the client: after a reset, or
    /// where the client said that it sends no more before it had all. So does any on a
    /// runtime without timers.
    ///
    /// A task that waits for it where it can't be heard of ends at once, as
    /// [`Skip::Undeliverable`](crate::Skip::Undeliverable) and with a warning in
    /// the log: to run it at another moment would not be what was asked for, and to
    /// wait would be for ever. So it is with a listener of TLS streams, on Unix sockets,
    /// over MPTCP, of a socket that is bound to a device, and where a process has sockets
    /// or threads in several network namespaces.
    Delivered,
}

/// Why a response didn't come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Abort {
    /// The client went away, or the connection broke, while the response was
    /// being sent.
    Client,
    /// The body ended in an error, panicked, or was not as long as its head says;
    /// over HTTP/1, where hyper cuts a longer one, shorter.
    Body,
    /// The handler panicked before it returned a response.
    HandlerPanicked,
    /// The handler was dropped before it returned a response, as hyper does
    /// when the client hangs up while the handler works; or it returned an
    /// error to the server instead of a response.
    HandlerDropped,
    /// The response didn't reach the phase within the time limit.
    TimeLimit,
    /// The response fared well, but what the task was to wait for besides, as
    /// [`Task::also`](crate::Task::also) says, did not come to pass.
    Also,
}

/// What became of the response that a task follows.
///
/// A closure may take it as its argument; [`Sent::current`] returns it inside
/// any running task.
///
/// # Examples
///
/// ```
/// use crosstown_runtime::{Sent, testing};
/// use http::StatusCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (_, recorded) = testing::record(async {
///     crosstown_runtime::follow_response(|| {
///         let sent = Sent::current().expect("a task is running");
///         assert_eq!(sent.status(), Some(StatusCode::ACCEPTED));
///         assert!(sent.aborted().is_none());
///     });
/// }).await;
/// recorded.respond(StatusCode::ACCEPTED).await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Sent {
    report: Report,
    registered: Instant,
}

/// The part of [`Sent`] that all tasks of a response share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    pub(crate) status: Option<StatusCode>,
    pub(crate) version: Option<Version>,
    pub(crate) phase: Option<Phase>,
    pub(crate) aborted: Option<Abort>,
    pub(crate) bytes: u64,
    pub(crate) head_at: Option<Instant>,
    pub(crate) reached_at: Instant,
    pub(crate) cause: Cause,
    /// Whether it is for a task that becomes due alone, after the others of its
    /// response.
    pub(crate) is_late: bool,
}

impl Report {
    /// The report for work that follows no response at all.
    pub(crate) fn without_response(now: Instant) -> Self {
        Self {
            status: None,
            version: None,
            phase: None,
            aborted: None,
            bytes: 0,
            head_at: None,
            reached_at: now,
            cause: Cause::NONE,
            is_late: false,
        }
    }

    /// What tells the response from others, unless two were answered in the same
    /// nanosecond.
    pub(crate) fn response(&self) -> Instant {
        self.head_at.unwrap_or(self.reached_at)
    }

    /// The report as this task sees it.
    pub(crate) fn seen_by(self, task: &Header) -> Sent {
        Sent {
            report: self,
            registered: task.registered_at(),
        }
    }
}

impl Sent {
    /// Returns what the running task may know of its response, or `None` when
    /// no task is running here.
    #[must_use]
    pub fn current() -> Option<Self> {
        context::current_task(|task| task.sent())
    }

    /// The status of the response, sent or not; `None` when the handler ended
    /// without one, or the task follows no response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.report.status
    }

    /// The protocol version of the request, where the adapter said it.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.report.version
    }

    /// The last phase that the response reached; `None` when there was no
    /// response.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.report.phase
    }

    /// Why the response didn't reach the task's phase; `None` when it did, and so did
    /// the task's [`also`](crate::Task::also), if it has one.
    #[must_use]
    pub fn aborted(&self) -> Option<Abort> {
        self.report.aborted
    }

    /// Bytes of body that were handed to the transport until the phase was
    /// reached or the response aborted: all of them for a response that was
    /// sent, before compression or encryption further out.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.report.bytes
    }

    pub(crate) fn cause(&self) -> Cause {
        self.report.cause
    }

    /// When the task was registered.
    #[must_use]
    pub fn registered_at(&self) -> Instant {
        self.registered
    }

    /// When the handler returned the head of the response, if it did.
    #[must_use]
    pub fn head_at(&self) -> Option<Instant> {
        self.report.head_at
    }

    /// When the response reached the task's phase, or was seen to have failed.
    #[must_use]
    pub fn reached_at(&self) -> Instant {
        self.report.reached_at
    }
}
