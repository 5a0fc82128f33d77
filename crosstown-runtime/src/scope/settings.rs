//! What is said of a scope before its handler runs.

use std::time::Duration;

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
}

impl Settings {
    pub(super) fn is_deliverable(&self) -> bool {
        #[cfg(feature = "wire")]
        if let Some(wire) = &self.wire {
            return wire.is_deliverable();
        }
        self.deliverable
    }
}
