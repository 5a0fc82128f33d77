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

mod listener;
mod serve;
mod service;
mod shutdown;

pub use self::listener::{FollowedListener, WireListener};
pub use self::serve::{Serve, ServeFuture, WithGracefulShutdown, serve};
