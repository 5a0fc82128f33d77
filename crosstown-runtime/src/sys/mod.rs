//! What the crate takes from std and tokio to be in several threads at once.
//!
//! With `--cfg crosstown_shuttle` a model of the same stands here, on which
//! shuttle tries one order of events after another; see `tests/model`.

#[cfg(not(crosstown_shuttle))]
mod real;
#[cfg(not(crosstown_shuttle))]
pub(crate) use self::real::*;

#[cfg(crosstown_shuttle)]
pub mod model;
#[cfg(crosstown_shuttle)]
pub(crate) use self::model::*;
