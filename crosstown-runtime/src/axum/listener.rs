//! A listener whose connections hear their flushes.

use std::any::Any;
use std::io;

use axum::serve::{Listener, ListenerExt, TapIo};
use tokio::net::TcpStream;

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
        (heard(io), address)
    }

    fn local_addr(&self) -> io::Result<L::Addr> {
        self.listener.local_addr()
    }
}

/// Wraps the stream, and says so if it is a plain TCP connection.
fn heard<IO: 'static>(io: IO) -> WireStream<IO> {
    let tcp = (&io as &dyn Any).downcast_ref::<TcpStream>();
    let addresses = tcp.and_then(|tcp| Some((tcp.local_addr().ok()?, tcp.peer_addr().ok()?)));
    let stream = WireStream::new(io);
    match addresses {
        Some((local, peer)) => stream.on_tcp(local, peer),
        None => stream,
    }
}
