//! Tests on real sockets, with real servers and real clients.

mod app;
mod conformance;
mod drop_in;
mod keep_alive;
mod never_early;
mod origin;
mod outcomes;
mod phases;
mod streaming;
