//! The executor on real runtimes: limits, order, faults, shutdown, counts.
//!
//! No order comes from a sleep: threads are held and let go by [`support::Gate`].

mod alike;
mod cancel;
mod carry;
#[cfg(all(tokio_unstable, feature = "tracing"))]
mod console;
mod counts;
mod drain;
mod embedded;
mod faults;
mod futures;
mod fuzz;
mod gates;
mod hooks;
mod keys;
mod late;
mod limits;
#[cfg(feature = "tracing")]
mod log;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "macros")]
mod names;
mod order;
mod panics;
mod queue;
mod recorded;
mod runtimes;
#[cfg(feature = "axum")]
mod serve;
mod shutdown;
#[cfg(feature = "tracing")]
mod spans;
mod support;
mod timeouts;
