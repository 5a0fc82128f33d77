//! Run code after a web response is on the wire.

mod events;
mod executor;
mod lock;
mod no_go;
mod options;
mod outcome;
mod scope;
mod sent;
mod task;

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "wire")]
pub mod body;
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "wire")]
pub mod wire;

#[cfg(feature = "macros")]
pub use crosstown_macros::{crosstown_handler, crosstown_traffic};

pub use crate::executor::{
    Drained, Ended, Executor, ExecutorBuilder, Skipped, Stats, Unfinished, WhenFull,
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
