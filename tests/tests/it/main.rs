//! Tests on real sockets, with real servers and real clients.

mod app;
mod conformance;
mod drop_in;
mod endings_http1;
mod endings_http2;
mod handles;
mod keep_alive;
mod middleware;
mod never_early;
mod origin;
mod outcomes;
mod phases;
mod random;
mod streaming;
