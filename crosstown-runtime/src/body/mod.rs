//! Response bodies that tell when the transport lets go of them.
//!
//! [`FollowedBody`] wraps the body of a response that tasks follow. It passes
//! every frame on and holds the response's [`InFlight`](crate::InFlight) until
//! the transport has let go of everything:
//!
//! - with a [`WireHandle`](crate::wire::WireHandle), until the body is at its
//!   end; the connection then waits for the flush that puts it on the wire;
//! - without one, over HTTP/1, until the last chunk is dropped: each is handed
//!   on as [`Bytes::from_owner`](bytes::Bytes::from_owner) with a share of the
//!   response. Over plain TCP hyper keeps chunks until it has written them,
//!   unless it is told `writev(false)` or `pipeline_flush(true)`, and copies them;
//! - over HTTP/2, the last frame carries the share: an empty DATA frame, with a
//!   `WireHandle` also of a response without data; or the trailers, one value of
//!   which is marked as sensitive, so that HPACK does not keep it; so is one of the
//!   head where nothing may follow that. A layer outside that keeps a clone of them
//!   keeps the tasks waiting.
//!
//! A body that is dropped before its end aborts the response, and so does one
//! whose data is shorter than its head says, or over HTTP/2 longer. Where HTTP has
//! no body to send (`HEAD`, `204` and `304` over HTTP/1, upgrades), being dropped is
//! the end.
//!
//! # Examples
//!
//! A connection of hyper's over plain TCP, followed until hyper lets go of each
//! response. The module [`wire`](crate::wire#examples) has the same to the wire.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use crosstown_runtime::body::Following;
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
//!     follow_response(|| println!("hyper has written the response"));
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
//! let executor = Executor::new();
//! let following = Following::new().executor(executor.clone());
//! let service = service_fn(move |request| following.call(request, hello));
//! http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
//!
//! # executor.drain(std::time::Duration::from_secs(60)).await;
//! assert_eq!(executor.stats().completed, 1);
//! # Ok(())
//! # }
//! ```

mod detached;
mod exchange;
mod followed;
mod following;
mod release;

pub use self::detached::FollowDetached;
#[cfg(feature = "axum")]
pub(crate) use self::exchange::{Asked, Exchange};
pub use self::followed::FollowedBody;
#[cfg(feature = "axum")]
pub(crate) use self::following::follow;
pub use self::following::{Follow, Following};
