//! What is said of a scope before its handler runs.

#[cfg(feature = "axum")]
use std::convert::Infallible;
use std::time::Duration;

#[cfg(feature = "axum")]
use tokio::sync::mpsc;

use crate::executor::Home;
#[cfg(feature = "wire")]
use crate::wire::WireHandle;

/// What is said of a scope before its handler runs. The requests of a connection
/// share it, so that each of them costs no more than the counting of one pointer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) executor: Home,
    /// Whether somebody will say so when the response is delivered.
    pub(super) deliverable: bool,
    /// Whether a test plays the response, and no adapter follows it.
    pub(crate) is_recorded: bool,
    /// How long the response may take from its head to a task's phase.
    pub(crate) time_limit: Option<Duration>,
    /// The connection over which the requests come.
    #[cfg(feature = "wire")]
    pub(crate) wire: Option<WireHandle>,
    /// Closed when the last connection of a server and the last of their handlers are
    /// gone: over HTTP/2 hyper polls each handler in a task of its own, and one that is
    /// being polled outlasts its connection.
    #[cfg(feature = "axum")]
    #[allow(dead_code)] // It is held.
    pub(crate) open: Option<Open>,
}

#[cfg(feature = "axum")]
pub(crate) type Open = mpsc::Sender<Infallible>;

impl Settings {
    pub(super) fn is_deliverable(&self) -> bool {
        #[cfg(feature = "wire")]
        if let Some(wire) = &self.wire {
            return wire.is_deliverable();
        }
        self.deliverable
    }
}
