//! Tests on real sockets, with real servers and real clients.

mod conformance;
mod never_early;
mod origin;
mod phases;
