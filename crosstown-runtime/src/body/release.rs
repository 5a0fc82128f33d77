//! The token that is let go of with the last part of a response.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use bytes::Bytes;
use http::HeaderValue;
use tokio::runtime::Handle;

use crate::scope::InFlight;
use crate::sent::Abort;
use crate::wire::{Doing, Multiplexed, Rule, Turn, WireHandle, in_hand};

/// Held by the body and by what it hands on; the last one to be dropped lets
/// the response go.
pub(super) struct Release {
    /// Taken once: by the destructor, or by an abort before it.
    in_flight: Option<InFlight>,
    /// A [`HandedOn`] as a number.
    handed_on: AtomicU8,
    /// By what all of it is on the wire, once it is handed on.
    rule: Rule,
    transport: Transport,
}

/// How much of the response has been handed to the transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum HandedOn {
    /// Not all: letting go of it now means an abort.
    Part,
    /// No more than a part, for the body ended in an error.
    Failed,
    All,
}

/// What hears of the release.
pub(super) enum Transport {
    /// Nothing: the release is the signal.
    Unheard {
        /// Settle from a task of its own rather than from the destructor: h2
        /// lets go of frames under a lock of its own, and of a response without
        /// data the head is still to be written, of a chunked one its end.
        deferred: bool,
    },
    /// The connection, which waits for its flush.
    Wire {
        wire: WireHandle,
        /// What the transport had accepted before.
        written_before: u64,
        /// There over HTTP/2.
        multiplexed: Option<Multiplexed>,
    },
}

/// A share of a response, dropped with what the transport was handed.
pub(super) struct Share(Arc<Release>);

impl Share {
    pub(super) fn new(in_flight: InFlight, transport: Transport) -> Self {
        Self(Arc::new(Release {
            in_flight: Some(in_flight),
            handed_on: AtomicU8::new(HandedOn::Part as u8),
            rule: transport.rule(),
            transport,
        }))
    }

    /// Says that everything has been handed to the transport: letting go of it
    /// from now on means that it was sent.
    pub(super) fn all_handed_on(&self) {
        self.0.set(HandedOn::All);
    }

    /// Says that the body has ended in an error.
    pub(super) fn fail(&self) {
        self.0.set(HandedOn::Failed);
    }

    pub(super) fn add_bytes(&self, bytes: usize) {
        if let Some(in_flight) = &self.0.in_flight {
            in_flight.add_bytes(bytes as u64);
        }
    }

    /// Returns `chunk`, holding a share until it is dropped.
    pub(super) fn attach(&self, chunk: Bytes) -> Bytes {
        Bytes::from_owner(Chunk {
            chunk,
            _share: Self(Arc::clone(&self.0)),
        })
    }

    /// Returns an empty chunk that holds this share, for the last frame.
    pub(super) fn into_end(self) -> Bytes {
        self.into_last(Bytes::new())
    }

    /// Has the value of a header in the last frame hold this share: as a sensitive one,
    /// which HPACK must not keep for later heads, so that h2 lets go of it with the
    /// frame.
    pub(super) fn mark(self, value: &mut HeaderValue) {
        let marked = self.into_last(Bytes::copy_from_slice(value.as_bytes()));
        if let Ok(mut marked) = HeaderValue::from_maybe_shared(marked) {
            marked.set_sensitive(true);
            *value = marked;
        }
    }

    fn into_last(self, bytes: Bytes) -> Bytes {
        self.all_handed_on();
        Bytes::from_owner(Last {
            bytes,
            share: self,
            in_hand: in_hand::take(),
        })
    }

    /// Tells the transport apart by whether it hears flushes.
    pub(super) fn has_wire(&self) -> bool {
        matches!(self.0.transport, Transport::Wire { .. })
    }
}

/// A chunk of the body and a share.
struct Chunk {
    chunk: Bytes,
    _share: Share,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.chunk
    }
}

/// What stands in the last frame of an HTTP/2 response, and the only share.
struct Last {
    bytes: Bytes,
    share: Share,
    /// What it is called while it is in the hands of its own task.
    in_hand: u64,
}

impl AsRef<[u8]> for Last {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        // Nobody else has a share.
        if let Some(release) = Arc::get_mut(&mut self.share.0) {
            release.rule = release.transport.rule_of_end(self.in_hand);
        }
    }
}

impl Release {
    fn set(&self, handed_on: HandedOn) {
        // Read by the destructor alone, which comes after all that its owners did.
        self.handed_on.store(handed_on as u8, Ordering::Relaxed);
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        let Some(in_flight) = self.in_flight.take() else {
            return;
        };
        let handed_on = *self.handed_on.get_mut();
        if handed_on == HandedOn::Part as u8 {
            in_flight.abort(Abort::Client);
        } else if handed_on == HandedOn::Failed as u8 {
            in_flight.abort(Abort::Body);
        } else {
            self.transport.release(in_flight, self.rule);
        }
    }
}

impl Transport {
    /// By what a response is on the wire that has no last frame to tell.
    fn rule(&self) -> Rule {
        match self {
            Self::Wire {
                multiplexed: Some(_),
                ..
            } => Rule::Turn(Turn::Ahead),
            Self::Wire { .. } | Self::Unheard { .. } => Rule::Flush,
        }
    }

    /// By what a response is on the wire whose last frame is let go of now.
    fn rule_of_end(&self, in_hand: u64) -> Rule {
        let Self::Wire { wire, .. } = self else {
            return Rule::Flush;
        };
        // h2 lets go of a frame that it has encoded while it writes. While it
        // reads, it lets go of frames only because the stream was reset, and so
        // it does in the stream's own task.
        match wire.doing() {
            _ if in_hand::holds(in_hand) => Rule::Over,
            Doing::Receiving => Rule::Over,
            Doing::Either => Rule::Next,
            Doing::Between => Rule::Between { is_flushed: false },
            Doing::Writing => Rule::Flush,
        }
    }

    /// The transport has let go of everything, which is on the wire by `rule`.
    fn release(&self, in_flight: InFlight, rule: Rule) {
        match self {
            Self::Wire {
                wire,
                written_before,
                multiplexed,
            } => {
                // Over HTTP/1 who is outside may have made the body shorter, but no
                // head is empty.
                let body = multiplexed.as_ref().map_or(0, |_| in_flight.bytes());
                let unheard = wire.release(in_flight, rule, written_before + body + 1);
                match unheard {
                    Ok(()) => {}
                    Err(in_flight) if multiplexed.is_some() => {
                        defer(|| in_flight.abort(Abort::Client));
                    }
                    Err(in_flight) => in_flight.abort(Abort::Client),
                }
            }
            Self::Unheard { deferred: false } => drop(in_flight.sent()),
            Self::Unheard { deferred: true } => defer(|| drop(in_flight.sent())),
        }
    }
}

/// Settles a response elsewhere: in a task of its own, which runs after the one
/// that runs now has yielded, or where there is no runtime, on a thread.
///
/// h2 lets go of frames under locks that the user's code may want too: those of a
/// request's body, for one, are the same.
fn defer(settle: impl FnOnce() + Send + 'static) {
    let deferred = Deferred(Some(settle));
    match Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(async { deferred.settle() })),
        Err(_) => drop(deferred),
    }
}

/// Settles a response on a thread if it is dropped first: a runtime that shuts down
/// drops a task where it is spawned.
struct Deferred<F: FnOnce() + Send + 'static>(Option<F>);

impl<F: FnOnce() + Send + 'static> Deferred<F> {
    fn settle(mut self) {
        if let Some(settle) = self.0.take() {
            settle();
        }
    }
}

impl<F: FnOnce() + Send + 'static> Drop for Deferred<F> {
    fn drop(&mut self) {
        if let Some(settle) = self.0.take() {
            // Where there is none to be had either, the response ends as aborted.
            drop(thread::Builder::new().spawn(settle));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;
    use crate::wire::WireStream;
    use crate::{Executor, OnAbort, Outcome, Registration, ResponseScope, Skip, Task};

    fn following() -> Registration {
        Task::new(|| ()).on_abort(OnAbort::Skip).follow_response()
    }

    #[tokio::test]
    async fn over_http2_no_less_must_be_accepted_than_the_body_is_long() {
        let aborted = Outcome::Skipped(Skip::Aborted);
        for (accepted, expected) in [
            (10, aborted.clone()),
            (100, aborted),
            (101, Outcome::Completed),
        ] {
            let (near, _far) = duplex(1_000);
            let mut stream = WireStream::new(near);
            let wire = stream.handle();
            let scope = ResponseScope::new().executor(Executor::new());
            let (task, pending) = scope.run(async { following() }).await;
            // What went before is no part of it.
            stream.write_all(&[7; 200]).await.expect("it takes that");
            let transport = Transport::Wire {
                written_before: wire.written(),
                multiplexed: Some(wire.multiplex()),
                wire,
            };
            let share = Share::new(pending.respond(http::StatusCode::OK), transport);
            share.add_bytes(100);
            let end = share.into_end();
            stream.flush().await.expect("a turn is over");
            // Between two turns: it was sent, or thrown away with all that h2 had.
            drop(end);
            stream
                .write_all(&vec![7; accepted])
                .await
                .expect("it takes that");
            for _ in 0..2 {
                stream.flush().await.expect("it does");
            }
            assert_eq!(task.outcome().await, expected, "{accepted}");
        }
    }

    #[tokio::test]
    async fn over_http2_nothing_is_settled_where_h2_lets_go_of_it() {
        let (near, _far) = duplex(1);
        let stream = WireStream::new(near);
        let wire = stream.handle();
        let scope = ResponseScope::new().executor(Executor::new());
        let (task, pending) = scope.run(async { following() }).await;
        let transport = Transport::Wire {
            written_before: 0,
            multiplexed: Some(wire.multiplex()),
            wire,
        };
        let share = Share::new(pending.respond(http::StatusCode::OK), transport);
        share.all_handed_on();
        // Nobody hears any more what becomes of it.
        drop(stream);
        drop(share);
        assert!(!task.is_finished(), "h2 may hold its locks");
        assert_eq!(task.outcome().await, Outcome::Skipped(Skip::Aborted));
    }
}
