//! Run code after a web response is on the wire.
//!
//! A handler decides in mid-work that something must happen after the client
//! has its answer, and says so on the spot. What it registers starts when the
//! last byte of the response has left the process, on a thread of the app's own
//! pool, and not at all when the response turned out to be an error.
//!
//! ```
//! # #[cfg(feature = "macros")] {
//! use crosstown_runtime::crosstown_traffic;
//!
//! # struct Mailer; impl Mailer { fn send(&self, _: &str) {} }
//! async fn handler(mailer: Mailer, address: String) -> &'static str {
//!     #[crosstown_traffic]
//!     fn send_receipt() {
//!         mailer.send(&address);
//!     }
//!     "your receipt is on its way"
//! }
//! # }
//! ```
//!
//! - **In an app** on axum: serve with `crosstown_runtime::axum::serve` (feature
//!   `axum`), and put the attribute where work is decided on. On another stack
//!   that takes tower layers: `tower::CrosstownLayer` (feature `tower`).
//! - **In a test**: [`testing`] records what a handler registers and runs it when
//!   told to.
//! - **In a framework**: [`ResponseScope`] is the life of a response as a chain
//!   of types; `body` and `wire` (feature `wire`) follow a response through hyper
//!   to the wire.
//!
//! # What is promised
//!
//! - A task starts not before its [`Phase`]: [`Sent`](Phase::Sent) unless said.
//!   What that rests on is said by each adapter.
//! - The tasks of a response start in the order in which they were registered: at
//!   each phase those for other threads, closures and futures each for themselves,
//!   and then those of the same thread.
//! - A task ends in exactly one [`Outcome`]. [`Executor::stats`] always adds up.
//! - A panic in a task goes no further than its outcome and the log.
//! - A request that registers nothing allocates nothing here, but for the task of a
//!   handler that is detached, and its body is passed on untouched.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `macros` | yes | the attributes |
//! | `tracing` | yes | events for tasks that fail, panic or are lost, and a span around each task |
//! | `metrics` | | counters, gauges and histograms for the facade `metrics` |
//! | `wire` | | `body` and `wire`, for adapters on hyper |
//! | `tower` | | `tower::CrosstownLayer` |
//! | `axum` | | `axum::serve` |
//! | `delivered` | | [`Phase::Delivered`], on Linux |
//! | `conformance` | | the kit that proves an adapter, for tests |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg_attr(not(feature = "tracing"), path = "no_events.rs")]
mod events;
mod executor;
#[cfg(any(feature = "tracing", feature = "metrics"))]
mod labels;
mod lock;
mod nanos;
mod no_go;
mod options;
mod outcome;
mod scope;
mod sent;
#[cfg_attr(not(feature = "tracing"), path = "no_span.rs")]
mod span;
mod sys;
mod task;
mod unwind;

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "wire")]
pub mod body;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "wire")]
pub mod wire;

#[cfg(crosstown_shuttle)]
#[doc(hidden)]
pub use crate::sys::model;

#[cfg(feature = "macros")]
pub use crosstown_macros::{crosstown_handler, crosstown_traffic};

pub use crate::executor::{
    AlsoOutput, Drained, Ended, Executor, ExecutorBuilder, GlobalInUse, Skipped, Stats, Unfinished,
    WhenFull,
};
pub use crate::no_go::{NoGo, NoGoError};
pub use crate::options::{NoResponse, OnAbort, WithoutResponse};
pub use crate::outcome::{Failure, Outcome, Skip, TaskOutput};
pub use crate::scope::{
    InFlight, InResponseScope, InScope, Pending, ResponseScope, Run, ScopeHandle, Settled,
};
pub use crate::sent::{Abort, Phase, Sent};
pub use crate::task::{Async, Blocking, Registration, Task, follow_response};

/// What the attributes expand to. No public API: it changes in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}
mod private;
