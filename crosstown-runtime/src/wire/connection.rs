//! What a connection knows of the responses on it.
//!
//! Invariants:
//! 1. A response that was let go of is in `waiting` until its rule is met or
//!    the connection ends, and leaves it exactly once.
//! 2. The lock is held for bookkeeping only: responses are settled after they
//!    have left `waiting`, so that no task runs under it. Only this connection
//!    and its own requests take it.

use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Waker};

use super::activity::{Activity, Doing};
use super::delivery::{self, Deliveries};
use super::in_hand;
use super::turn::{Operation, Turn};
use crate::lock::lock;
use crate::scope::InFlight;
use crate::sent::Abort;

/// A handle to one connection, for the requests that come over it.
///
/// From [`WireStream::handle`](super::WireStream::handle). Clones refer to the
/// same connection. It does not keep the connection open.
///
/// # Examples
///
/// See [the module](super#examples).
#[derive(Clone)]
pub struct WireHandle {
    connection: Arc<Connection>,
}

/// What a connection knows of the responses on it.
pub(super) struct Connection {
    /// Zero while an operation of the stream concerns nobody, which spares it
    /// everything else. The bit [`NEW`]: nothing has been read yet. The bit
    /// [`WAITING`]: `waiting` may hold something. The bit [`WATCHING`]: something
    /// whose rule heeds more than flushes. A [`MULTIPLEXED`] for each HTTP/2
    /// response under way: while there are any, the task's waker is kept, to have
    /// it flush once more.
    concern: AtomicUsize,
    /// What its task did last.
    activity: Activity,
    /// Bytes that the transport under the stream has accepted.
    written: AtomicU64,
    /// Who waits until the peer has acknowledged it, where that can be heard of.
    deliveries: OnceLock<Deliveries>,
    responses: Mutex<Responses>,
}

const NEW: usize = 1;
const WAITING: usize = 2;
const WATCHING: usize = 4;
const MULTIPLEXED: usize = 8;

/// The first byte of a TLS connection, and of no HTTP request: the type of the
/// record that the client greets with (RFC 8446, 5.1).
const TLS_HANDSHAKE: u8 = 22;

#[derive(Default)]
struct Responses {
    waiting: Vec<Waiting>,
    waker: Option<Waker>,
    /// The stream was dropped, or a write failed: nothing more gets out.
    closed: bool,
}

/// A response that the transport has let go of.
struct Waiting {
    in_flight: InFlight,
    rule: Rule,
    verdict: Option<Verdict>,
    /// Bytes that the transport must have accepted for all of it to be out.
    written_at_least: u64,
}

/// The responses that an operation decides about.
struct Decided {
    /// As a rule it is one, which needs no list.
    first: Option<Waiting>,
    others: Vec<Waiting>,
    /// Whether others wait on.
    ahead: bool,
}

/// What must happen on the connection for a response to be on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A flush.
    Flush,
    /// A turn of the connection's task, from where it is.
    Turn(Turn),
    /// If the task reads next, it was reading, and the response was reset; else
    /// it is writing, and the rest of its turn is needed.
    Next,
    /// The rest of a turn. Where the task shuts down instead, h2 flushes what it has,
    /// and then once more what says that it goes: of one flush alone, the response
    /// was thrown away.
    Rest { turn: Turn, flushes: u8 },
    /// A flush, unless a shutdown comes next, before another one and before a read:
    /// then h2 had thrown it away, and flushed what says that it goes.
    Between { is_flushed: bool },
    /// None: it was thrown out. It is told of from the next operation, which is
    /// under no lock of h2's.
    Over,
}

/// What became of a response that the transport has let go of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It is on the wire.
    Sent,
    /// It was thrown out of the transport's queue.
    Reset,
}

/// An HTTP/2 response under way on a connection.
pub(crate) struct Multiplexed {
    connection: Arc<Connection>,
}

impl WireHandle {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        Self { connection }
    }

    /// Notes that an HTTP/2 response is under way, until the result is dropped.
    pub(crate) fn multiplex(&self) -> Multiplexed {
        let concern = &self.connection.concern;
        concern.fetch_add(MULTIPLEXED, Ordering::Relaxed);
        Multiplexed {
            connection: Arc::clone(&self.connection),
        }
    }

    /// Bytes that the transport has accepted so far.
    pub(crate) fn written(&self) -> u64 {
        self.connection.written()
    }

    /// What the connection's task is doing. True only when asked from that task.
    pub(crate) fn doing(&self) -> Doing {
        self.connection.activity.doing()
    }

    /// Whether a delivery on this connection can be heard of.
    pub(crate) fn is_deliverable(&self) -> bool {
        self.connection.deliveries().is_some()
    }

    /// Takes a response that the transport has let go of. It is settled when
    /// its rule is met, or aborted with the connection, or if the transport has
    /// accepted less than `written_at_least` by then; never here.
    ///
    /// # Errors
    ///
    /// The response, to be aborted where it may be, when the connection has ended,
    /// or nothing is known by which it could hear of it.
    pub(crate) fn release(
        &self,
        in_flight: InFlight,
        rule: Rule,
        written_at_least: u64,
    ) -> Result<(), InFlight> {
        self.connection.release(Waiting {
            in_flight,
            rule,
            verdict: None,
            written_at_least,
        })
    }
}

impl fmt::Debug for WireHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireHandle").finish_non_exhaustive()
    }
}

impl Drop for Multiplexed {
    fn drop(&mut self) {
        let concern = &self.connection.concern;
        concern.fetch_sub(MULTIPLEXED, Ordering::Relaxed);
    }
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            concern: AtomicUsize::new(NEW),
            activity: Activity::default(),
            written: AtomicU64::default(),
            deliveries: OnceLock::new(),
            responses: Mutex::default(),
        }
    }
}

impl Connection {
    fn release(&self, waiting: Waiting) -> Result<(), InFlight> {
        let mut responses = lock(&self.responses);
        let is_unheard = waiting.rule == Rule::Over && responses.waker.is_none();
        if responses.closed || is_unheard {
            return Err(waiting.in_flight);
        }
        let concern = match waiting.rule {
            Rule::Flush => WAITING,
            _ => WAITING | WATCHING,
        };
        responses.waiting.push(waiting);
        self.concern.fetch_or(concern, Ordering::Release);
        let waker = responses.waker.take();
        drop(responses);
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Whether an operation of the connection's task concerns anybody.
    #[inline]
    pub(super) fn is_concerned(&self) -> bool {
        self.concern.load(Ordering::Acquire) != 0
    }

    /// Notes an operation of the connection's task: keeps its waker if it may be
    /// needed, and settles the responses whose rule the operation meets. Has the
    /// task polled again when a turn must end.
    #[cold]
    pub(super) fn heard(self: &Arc<Self>, operation: Operation, cx: &Context<'_>) {
        let concern = self.concern.load(Ordering::Acquire);
        if concern >= MULTIPLEXED {
            in_hand::put_down();
            self.remember(cx.waker());
        }
        if concern & !NEW != 0 {
            self.activity.note(operation);
        }
        let heeded = match operation {
            Operation::Flushed => WAITING,
            _ => WATCHING,
        };
        if concern & heeded == 0 {
            return;
        }
        let decided = self.decide(operation);
        for waiting in decided.first.into_iter().chain(decided.others) {
            self.end(waiting);
        }
        if decided.ahead && operation == Operation::Flushed {
            cx.waker().wake_by_ref();
        }
    }

    fn remember(&self, waker: &Waker) {
        let mut responses = lock(&self.responses);
        let before = match &mut responses.waker {
            Some(known) if known.will_wake(waker) => return,
            known => known.replace(waker.clone()),
        };
        // Outside of the lock: it may be an executor's that wants it.
        drop(responses);
        drop(before);
    }

    /// Notes a byte that was read: the first one tells what the stream carries.
    pub(super) fn received(&self, first: u8) {
        if self.concern.load(Ordering::Relaxed) & NEW == 0 {
            return;
        }
        if first == TLS_HANDSHAKE {
            self.activity.set_secured();
        }
        self.concern.fetch_and(!NEW, Ordering::Relaxed);
    }

    /// What its task did last.
    pub(super) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Tells a response what became of it.
    fn end(self: &Arc<Self>, waiting: Waiting) {
        let Waiting {
            in_flight,
            verdict,
            written_at_least,
            ..
        } = waiting;
        // Of less than it is, h2 has thrown its queue away, or hyper has refused to
        // write the head.
        let is_sent = verdict == Some(Verdict::Sent) && self.written() >= written_at_least;
        if is_sent {
            self.settle(in_flight);
        } else {
            in_flight.abort(Abort::Client);
        }
    }

    /// The response is on the wire.
    fn settle(self: &Arc<Self>, in_flight: InFlight) {
        let mark = self.written();
        let settled = in_flight.sent();
        if self.deliveries().is_some() && settled.awaits_delivery() {
            delivery::follow(self, settled, mark);
        }
    }

    pub(super) fn deliveries(&self) -> Option<&Deliveries> {
        self.deliveries.get()
    }

    #[cfg(unix)]
    pub(super) fn set_deliveries(&self, deliveries: Deliveries) {
        // The first stay: a connection has one peer.
        let _ = self.deliveries.set(deliveries);
    }

    /// Bytes that the transport under the stream has accepted so far.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    #[inline]
    pub(super) fn add_written(&self, bytes: usize) {
        // No other addition comes between: who writes has the stream to itself.
        let written = self.written.load(Ordering::Relaxed) + bytes as u64;
        self.written.store(written, Ordering::Release);
    }

    /// Takes out the responses that `operation` decides about.
    fn decide(&self, operation: Operation) -> Decided {
        let mut responses = lock(&self.responses);
        let mut decided = responses.waiting.extract_if(.., |waiting| {
            waiting.verdict = waiting.rule.advance(operation);
            waiting.verdict.is_some()
        });
        let (first, others) = (decided.next(), decided.collect());
        let ahead = !responses.waiting.is_empty();
        if !ahead {
            let concern = !(WAITING | WATCHING);
            self.concern.fetch_and(concern, Ordering::Release);
        }
        Decided {
            first,
            others,
            ahead,
        }
    }

    /// Ends the responses that wait, by what is known of them, and aborts those that
    /// come later.
    pub(super) fn close(self: &Arc<Self>) {
        let (waiting, waker) = {
            let mut responses = lock(&self.responses);
            responses.closed = true;
            (mem::take(&mut responses.waiting), responses.waker.take())
        };
        drop(waker);
        for mut waiting in waiting {
            if waiting.rule == (Rule::Between { is_flushed: true }) {
                waiting.verdict = Some(Verdict::Sent);
            }
            self.end(waiting);
        }
    }
}

impl Rule {
    /// Notes an operation. Returns what it says of the response, if that is
    /// decided.
    fn advance(&mut self, operation: Operation) -> Option<Verdict> {
        if *self == Self::Next {
            if operation == Operation::Read {
                return Some(Verdict::Reset);
            }
            *self = Self::Rest {
                turn: Turn::Writing,
                flushes: 0,
            };
        }
        let is_met = match self {
            Self::Over => return Some(Verdict::Reset),
            Self::Rest { flushes: 0..2, .. } | Self::Between { .. }
                if operation == Operation::ShutDown =>
            {
                return Some(Verdict::Reset);
            }
            Self::Rest { .. } if operation == Operation::ShutDown => true,
            Self::Rest { turn, flushes } => {
                let is_flush = operation == Operation::Flushed;
                *flushes = flushes.saturating_add(is_flush.into());
                turn.advance(operation)
            }
            Self::Between { is_flushed } => match operation {
                // h2 has not given up: it goes on.
                Operation::Read | Operation::Flushed if *is_flushed => true,
                Operation::Read => {
                    *self = Self::Flush;
                    false
                }
                // TLS may write that it goes before it shuts down: a write says nothing.
                _ => {
                    *is_flushed |= operation == Operation::Flushed;
                    false
                }
            },
            Self::Turn(turn) => turn.advance(operation),
            Self::Flush | Self::Next => operation == Operation::Flushed,
        };
        is_met.then_some(Verdict::Sent)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::Wake;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// A waker that looks at the connection when it goes.
    struct Looks(WireHandle);

    impl Wake for Looks {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Looks {
        fn drop(&mut self) {
            drop(lock(&self.0.connection.responses));
        }
    }

    #[test]
    fn a_waker_goes_under_no_lock() {
        let (went, goes) = mpsc::channel();
        thread::spawn(move || {
            let connection = Arc::<Connection>::default();
            let waker = || Waker::from(Arc::new(Looks(WireHandle::new(Arc::clone(&connection)))));
            connection.remember(&waker());
            connection.remember(&waker());
            connection.close();
            went.send(()).expect("the test listens");
        });
        let went = goes.recv_timeout(Duration::from_secs(30));
        went.expect("it waits for its own lock");
    }
}
