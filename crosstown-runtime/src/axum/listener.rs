//! A listener whose connections hear their flushes.

#[cfg(unix)]
use std::any::Any;
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;

use axum::serve::{Listener, ListenerExt, TapIo};
#[cfg(unix)]
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
/// That leaves no room for a `Connected` of one's own (E0119), and one for the
/// streams of a `TcpListener` or a `UnixListener` is not asked (E0271). Where handlers
/// need to know something else of their connection, give [`serve`](super::serve) a
/// listener of your own whose address is just that. If it can only be made of a
/// connection, as the credentials of a Unix peer, its `local_addr` may return an
/// error: nothing asks for it but [`Serve::local_addr`](super::Serve::local_addr).
///
/// # Examples
///
/// ```no_run
/// use std::net::SocketAddr;
/// use std::time::SystemTime;
///
/// use axum::extract::ConnectInfo;
/// use axum::serve::Listener;
/// use axum::{Router, routing::get};
/// use tokio::net::{TcpListener, TcpStream};
///
/// #[derive(Clone, Debug)]
/// struct Caller {
///     address: SocketAddr,
///     since: SystemTime,
/// }
///
/// struct Callers(TcpListener);
///
/// impl Listener for Callers {
///     type Io = TcpStream;
///     type Addr = Caller;
///
///     async fn accept(&mut self) -> (TcpStream, Caller) {
///         let (stream, address) = Listener::accept(&mut self.0).await;
///         (stream, Caller { address, since: SystemTime::now() })
///     }
///
///     fn local_addr(&self) -> std::io::Result<Caller> {
///         let address = self.0.local_addr()?;
///         Ok(Caller { address, since: SystemTime::now() })
///     }
/// }
///
/// async fn handler(ConnectInfo(caller): ConnectInfo<Caller>) -> String {
///     format!("{} is here since {:?}", caller.address, caller.since)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// let app = Router::new().route("/", get(handler));
/// let app = app.into_make_service_with_connect_info::<Caller>();
/// let listener = Callers(TcpListener::bind("127.0.0.1:3000").await?);
/// crosstown_runtime::axum::serve(listener, app).await
/// # }
/// ```
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
    let stream = WireStream::new(io);
    #[cfg(unix)]
    if let Some(tcp) = (stream.get_ref() as &dyn Any).downcast_ref::<TcpStream>() {
        stream.hear_deliveries(tcp.as_fd());
    }
    stream
}
