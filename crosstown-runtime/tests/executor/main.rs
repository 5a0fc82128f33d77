//! The executor on real runtimes: limits, order, faults, shutdown, counts.
//!
//! Nothing here sleeps: threads are held and let go by [`support::Gate`].

mod cancel;
mod counts;
mod drain;
mod gates;
mod hooks;
mod keys;
mod limits;
#[cfg(feature = "tracing")]
mod log;
mod order;
mod panics;
mod queue;
mod runtimes;
mod shutdown;
mod support;
mod timeouts;
