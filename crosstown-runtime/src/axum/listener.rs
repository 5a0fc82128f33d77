//! A listener whose connections hear their flushes.

use std::io;

use axum::serve::{Listener, ListenerExt, TapIo};

use crate::wire::WireStream;

/// Wraps a listener; each connection it accepts is a [`WireStream`].
#[derive(Debug)]
pub struct WireListener<L> {
    listener: L,
}

/// The listener that [`serve`](super::serve) gives to axum.
///
/// axum implements its `Connected` trait for the address of any `TapIo`
/// listener (axum 0.8.9, `src/extract/connect_info.rs`); ending in one keeps
/// `into_make_service_with_connect_info::<SocketAddr>()` working.
///
/// A `Connected` of one's own is implemented for
/// `axum::serve::IncomingStream<'_, FollowedListener<L>>`.
pub type FollowedListener<L> = TapIo<WireListener<L>, Untapped<L>>;

/// Does nothing to the connections that [`FollowedListener`] taps.
pub(super) type Untapped<L> = fn(&mut WireStream<<L as Listener>::Io>);

pub(super) fn followed<L: Listener>(listener: L) -> FollowedListener<L> {
    WireListener { listener }.tap_io(|_| {})
}

impl<L: Listener> Listener for WireListener<L> {
    type Io = WireStream<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (io, address) = self.listener.accept().await;
        (WireStream::new(io), address)
    }

    fn local_addr(&self) -> io::Result<L::Addr> {
        self.listener.local_addr()
    }
}
