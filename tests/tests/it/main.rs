//! Tests on real sockets, with real servers and real clients.

mod app;
mod bad_input;
mod chopped;
mod conformance;
mod delivered;
mod detached;
mod drop_in;
mod endings_http1;
mod endings_http2;
mod endings_tls;
mod handles;
mod keep_alive;
mod locks;
mod many_clients;
mod middleware;
mod never_early;
mod origin;
mod outcomes;
mod phases;
mod races;
mod random;
mod rules;
mod stopping;
mod streaming;
mod unchanged;
mod wire;
