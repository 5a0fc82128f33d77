//! From the handler's end to the response's.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::kept;
use super::state::{Event, ResponseState, TimeLimit};
use crate::sent::Abort;

/// A handler that has ended, whose response is not known yet.
///
/// Comes from [`ResponseScope::run`](super::ResponseScope::run). Dropped, it
/// means that there will be no response: the option `no_response` of each task
/// decides.
#[must_use = "dropping it means that there is no response"]
pub struct Pending {
    state: Option<Arc<ResponseState>>,
}

/// A response on its way to the client.
///
/// Comes from [`Pending::respond`]. Dropped, it means that the response broke:
/// the option `on_abort` of each task that waits for a later phase decides.
#[must_use = "dropping it means that the response broke"]
pub struct InFlight {
    state: Option<Arc<ResponseState>>,
    time_limit: Option<TimeLimit>,
}

/// A response whose last byte is on the wire.
///
/// Comes from [`InFlight::sent`]. An adapter that can hear of the delivery
/// keeps it and calls [`delivered`](Self::delivered); for others dropping it
/// is the end of the response.
pub struct Settled {
    state: Option<Arc<ResponseState>>,
    _time_limit: Option<TimeLimit>,
}

impl Pending {
    pub(super) fn new(state: Option<Arc<ResponseState>>) -> Self {
        Self { state }
    }

    /// Says that the handler's response has this status and is about to be
    /// sent. Tasks of the phase `head` are started as those of the phase `sent` are
    /// by [`InFlight::sent`], before this returns.
    #[inline]
    pub fn respond(mut self, status: StatusCode) -> InFlight {
        let state = self.state.take();
        if let Some(state) = &state {
            state.advance(Event::Head(status));
        }
        let state = unless_idle(state);
        InFlight {
            time_limit: state.as_ref().and_then(|state| state.start_time_limit()),
            state,
        }
    }

    /// Returns whether nothing waits for this response and no
    /// [`ScopeHandle`](super::ScopeHandle) is left to register with, so that it need
    /// not be followed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.as_ref().is_none_or(|state| state.is_idle())
    }

    pub(crate) fn state(&self) -> Option<&Arc<ResponseState>> {
        self.state.as_ref()
    }
}

impl InFlight {
    /// Says that the last byte is on the wire. Before this returns the tasks of the
    /// phase `sent` that are for other threads are handed to these, and then those
    /// with `same_thread` run here, one after another.
    pub fn sent(mut self) -> Settled {
        let state = self.state.take();
        if let Some(state) = &state {
            state.advance(Event::Sent);
        }
        Settled {
            state: unless_idle(state),
            _time_limit: self.time_limit.take(),
        }
    }

    /// Says that the response will not come to its end, and why.
    pub fn abort(mut self, why: Abort) {
        self.end(why);
    }

    /// Adds to the bytes of body handed to the transport, which
    /// [`Sent::bytes`](crate::Sent::bytes) reports.
    pub fn add_bytes(&self, bytes: u64) {
        if let Some(state) = &self.state {
            state.add_bytes(bytes);
        }
    }

    /// The bytes of body that were handed to the transport.
    #[cfg(feature = "wire")]
    pub(crate) fn bytes(&self) -> u64 {
        self.state.as_ref().map_or(0, |state| state.bytes())
    }

    /// Returns whether nothing waited for this response when its head was told, and
    /// no [`ScopeHandle`](super::ScopeHandle) was left to register with, so that it
    /// need not be followed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.is_none()
    }

    #[inline]
    fn end(&mut self, why: Abort) {
        if let Some(state) = self.state.take() {
            kept::end(state, Event::Aborted(why));
        }
    }
}

/// Lets go of the state if nothing can follow the response any more.
#[inline]
fn unless_idle(state: Option<Arc<ResponseState>>) -> Option<Arc<ResponseState>> {
    let state = state?;
    if state.is_idle() {
        kept::keep(state);
        return None;
    }
    Some(state)
}

impl Settled {
    /// Says that the peer has acknowledged every byte. Tasks of the phase
    /// `delivered` are started as those of the phase `sent` are by
    /// [`InFlight::sent`], before this returns.
    pub fn delivered(mut self) {
        if let Some(state) = self.state.take() {
            kept::end(state, Event::Delivered);
        }
    }

    /// Returns whether a task waits for the delivery, or may come to: one that a
    /// [`ScopeHandle`](super::ScopeHandle) is left to register with. As long as it
    /// does, the delivery is to be followed: of a response that is dropped before,
    /// later tasks are told that it was not delivered.
    #[must_use]
    pub fn awaits_delivery(&self) -> bool {
        let state = self.state.as_ref();
        state.is_some_and(|state| state.awaits_delivery())
    }
}

impl Drop for Pending {
    #[inline]
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            kept::end(state, Event::Aborted(Abort::HandlerDropped));
        }
    }
}

impl Drop for InFlight {
    #[inline]
    fn drop(&mut self) {
        self.end(Abort::Client);
    }
}

impl Drop for Settled {
    #[inline]
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            kept::end(state, Event::Aborted(Abort::Client));
        }
    }
}

macro_rules! opaque_debug {
    ($($name:ident)*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })*
    };
}

opaque_debug!(Pending InFlight Settled);
