//! What stands beside a future in its context.

use std::task::{Context as Poller, Poll};

#[cfg(feature = "wire")]
use http::Version;

use super::context::Context;
use super::in_flight::Pending;
#[cfg(feature = "wire")]
use crate::wire::WireHandle;

/// What the owner of an [`InContext`](super::InContext) keeps beside its future,
/// and how it makes its own output of the future's.
///
/// A part of that future rather than a future around it: each one around costs a
/// copy of the handler's, which is large in a router.
pub(crate) trait Beside<O> {
    /// What the owner makes of it.
    type Output;

    /// Whether the context can be that which [surrounds](super::context::Other) it.
    /// Where it can't, no poll asks.
    const MAY_SURROUND: bool = false;

    /// Passes on what a poll of the future has come to. If it has ended,
    /// `left` is what it left in its context.
    fn pass(&mut self, poll: Poll<O>, left: Left<'_>) -> Poll<Self::Output>;

    /// Polls what stands beside no future.
    ///
    /// # Panics
    ///
    /// Unless something does: the future has ended before.
    fn poll_alone(&mut self, _cx: &mut Poller<'_>) -> Poll<Self::Output> {
        panic!("polled after its end");
    }
}

/// Nothing: the output is the future's.
impl<O> Beside<O> for () {
    type Output = O;

    #[inline]
    fn pass(&mut self, poll: Poll<O>, _left: Left<'_>) -> Poll<O> {
        poll
    }
}

/// What a handler left in its context.
pub(crate) struct Left<'a>(pub(super) &'a mut Context);

impl Left<'_> {
    /// Takes what follows the response; `None` where nothing was registered.
    #[inline]
    pub(crate) fn take_pending(&mut self) -> Option<Pending> {
        let state = self.0.handler()?.take_state()?;
        Some(Pending::new(Some(state)))
    }

    /// The protocol version of the request.
    #[cfg(feature = "wire")]
    pub(crate) fn version(&mut self) -> Version {
        let handler = self.0.handler();
        handler.and_then(|cell| cell.version).unwrap_or_default()
    }

    /// The connection over which the request came, if the scope was told.
    #[cfg(feature = "wire")]
    pub(crate) fn wire(&mut self) -> Option<WireHandle> {
        self.0.handler()?.settings.as_ref()?.wire.clone()
    }
}
