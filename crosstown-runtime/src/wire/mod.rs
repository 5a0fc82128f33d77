//! Knowing when bytes are on the wire: an I/O stream that hears every flush.
//!
//! A transport lets go of a response before its last byte has left the process:
//! bytes lie in hyper's buffers, in h2's queues, in a TLS session. They are out
//! when the transport says so to the I/O stream under it, by a flush that
//! returns `Ready(Ok)`. [`WireStream`] wraps that stream and listens.
//!
//! Give hyper the stream wrapped, and each request of the connection the
//! stream's [`WireHandle`] by way of an adapter: `axum::serve` of this crate
//! does both; with the tower layer use `CrosstownLayer::wire`.
//!
//! # Examples
//!
//! A connection of hyper's, whose responses are followed to the wire. The stream is
//! wrapped before hyper gets it, and the handler is called through
//! [`Following`](crate::body::Following), which knows that stream.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use crosstown_runtime::body::Following;
//! use crosstown_runtime::wire::WireStream;
//! use crosstown_runtime::{Executor, follow_response};
//! use http::{Request, Response};
//! use http_body_util::Full;
//! use hyper::body::Incoming;
//! use hyper::server::conn::http1;
//! use hyper::service::service_fn;
//! use hyper_util::rt::TokioIo;
//! use tokio::net::TcpListener;
//!
//! async fn hello(_request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
//!     follow_response(|| println!("the last byte is on the wire"));
//!     Ok(Response::new(Full::new(Bytes::from("hello"))))
//! }
//!
//! # use tokio::{io::AsyncWriteExt, net::TcpStream};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! # let mut client = TcpStream::connect(listener.local_addr()?).await?;
//! # client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await?;
//! let (stream, _) = listener.accept().await?;
//! let stream = WireStream::new(stream);
//! let executor = Executor::new();
//! let following = Following::new().executor(executor.clone()).wire(stream.handle());
//! let service = service_fn(move |request| following.call(request, hello));
//! http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
//!
//! # executor.drain(std::time::Duration::from_secs(60)).await;
//! assert_eq!(executor.stats().completed, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # What counts
//!
//! - **HTTP/1**: hyper encodes the end of the message and drops the body in one
//!   turn of the connection's task, and calls the stream's flush only when its
//!   own buffer is empty (`Buffered::poll_flush`, hyper 1.12
//!   `src/proto/h1/io.rs`). So the first flush after the body's drop.
//! - **HTTP/2**: the last frame carries a token. It is an empty DATA frame, also
//!   of a response without data; or the trailers, of which one value holds it;
//!   or the head where nothing may follow that: of a `304` in the length of what
//!   it does not send, of an error of gRPC in its status. h2 sends the frames of
//!   a stream in order, so when it lets the token go, after encoding that frame,
//!   the next flush is the one. h2 may let go only after the flush
//!   (`reclaim_written_frame`, h2 0.4.20 `src/proto/streams/prioritize.rs`),
//!   hence the connection is woken to flush once more.
//! - A token let go while the connection reads was thrown out of the queue by a
//!   reset, and one let go in the stream's own task was not taken in, for the
//!   same reason. Where it can't be told whether the connection reads or writes,
//!   the next operation says it: a read means a reset, a write that the rest of
//!   the turn is needed, up to the next read. So it is where h2 was kept from
//!   writing while it read, and inside of TLS, whose reader reads ahead. The
//!   bound: a reset that comes in one burst with more than h2 can answer without
//!   writing, 16 KiB of pings, is then taken for sent.
//! - What was thrown out is told of from the connection's next operation, not where
//!   h2 lets go of it: that is under locks of h2's, which the user's code may want
//!   too. Those operations are under none since h2 0.4.16.
//! - When hyper's keep-alive times out, h2 throws its queue away, in front of all that
//!   it does in that turn, and shuts down. A token let go where no turn was under way
//!   needs the rest of a turn, and a shutdown before its end tells by the flushes
//!   whether it was thrown away: h2 flushes what it has, and then its `GOAWAY`
//!   (`FramedWrite::shutdown`, h2 0.4.20 `src/codec/framed_write.rs`). So it is, too,
//!   of what the next operation was to tell, when the last response of a connection
//!   is followed by no read. If the transport was blocked, the bytes that it has
//!   accepted must be as many as the body has.
//! - Of what hyper refuses to write, such as a head with two lengths, nothing is
//!   accepted: no head is empty.
//! - **Tunnels over HTTP/2**: the head of a `CONNECT` carries nothing. A whole
//!   turn of the connection must follow: a read that returns `Pending`, after
//!   which h2 writes all that it can; then no write that blocks, and a flush; and
//!   the next read, which shows that the turn is over.
//!
//! # Delivery
//!
//! With the feature `delivered`, on Linux, a stream that was told of its TCP
//! connection by [`WireStream::on_tcp`] knows how many of the bytes it wrote
//! the peer's kernel has acknowledged: all but those in the socket's send
//! queue. The kernel is asked by a `sock_diag` request (sock_diag(7)), which
//! needs no privilege and answers at once, for the socket that has this one's cookie
//! (`SO_COOKIE`, socket(7)); first when the response is sent, then by a timer, after
//! 1 ms and in growing steps, while tasks wait or a handle is left to register some:
//! once for all responses of a connection. And once before the stream is shut down or
//! dropped: a client that has all closes, its acknowledgement comes with that, and the
//! connection is gone a moment later. One that is gone was not seen to deliver: the
//! response counts as aborted.

mod activity;
mod connection;
mod delivery;
#[cfg(test)]
mod fuzz;
pub(crate) mod in_hand;
#[cfg_attr(
    not(all(feature = "delivered", target_os = "linux")),
    path = "no_probe.rs"
)]
mod probe;
mod stream;
mod turn;

pub(crate) use self::activity::Doing;
pub use self::connection::WireHandle;
pub(crate) use self::connection::{Multiplexed, Rule};
pub use self::stream::WireStream;
pub(crate) use self::turn::Turn;
