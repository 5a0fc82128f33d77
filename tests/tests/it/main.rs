//! Tests on real sockets, with real servers and real clients.

mod conformance;
mod drop_in;
mod never_early;
mod origin;
mod phases;
