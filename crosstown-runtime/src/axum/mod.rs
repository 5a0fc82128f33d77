//! [`serve`], a drop-in for axum's: responses are followed to the wire.
//!
//! Write its path in full: where `use crosstown_runtime::axum` stands, `axum` no
//! longer names the crate, and beside `use crosstown_runtime::*` it is ambiguous.
//!
//! # Examples
//!
//! ```no_run
//! use axum::{Router, routing::get};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
//! let app = Router::new().route("/", get(|| async {
//!     crosstown_runtime::follow_response(|| println!("the client has its answer"));
//!     "hello"
//! }));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! // Was: axum::serve(listener, app).await
//! crosstown_runtime::axum::serve(listener, app).await
//! # }
//! ```
//!
//! # gRPC
//!
//! An error of gRPC, such as tonic's `Err(status)`, is a response with the HTTP status
//! 200. The status of the call is in `grpc-status`, in the head or in the trailers, and
//! neither `no_go` nor `when` sees it: tasks run. End them by hand: keep the
//! [`Registration`](crate::Registration) and [`cancel`](crate::Registration::cancel) it
//! before `Err(status)` is returned, and in a stream before `yield Err(status)`. A task
//! of the phase `head` may have begun by then.
//!
//! ```
//! use crosstown_runtime::{Outcome, follow_response, testing};
//! use http::StatusCode;
//!
//! async fn reserve(stock: u32) -> [(&'static str, &'static str); 1] {
//!     let receipt = follow_response(|| println!("reserved"));
//!     if stock == 0 {
//!         receipt.cancel();
//!         return [("grpc-status", "9")]; // FAILED_PRECONDITION
//!     }
//!     [("grpc-status", "0")]
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let _ = axum::Router::<()>::new().route("/", axum::routing::post(|| reserve(1)));
//! let (_, recorded) = testing::record(reserve(1)).await;
//! assert_eq!(recorded.respond(StatusCode::OK).await, [Outcome::Completed]);
//!
//! let (_, recorded) = testing::record(reserve(0)).await;
//! assert!(recorded.is_empty());
//! # }
//! ```

mod listener;
mod serve;
mod service;
mod shutdown;

pub use self::listener::{FollowedListener, WireListener};
pub use self::serve::{Serve, ServeFuture, WithGracefulShutdown, serve};
