//! The scope of one request, which allocates nothing until something is
//! registered.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use http::Version;

use super::state::{Event, ResponseState};
use crate::executor::Executor;
use crate::sent::Abort;

/// The task-local value of a handler. Dropped with the handler before its end,
/// it ends what was registered as having no response.
pub(crate) struct ScopeCell {
    executor: Option<Executor>,
    version: Option<Version>,
    state: OnceCell<Arc<ResponseState>>,
    panicked: Cell<bool>,
}

impl ScopeCell {
    pub(crate) fn new() -> Self {
        Self {
            executor: None,
            version: None,
            state: OnceCell::new(),
            panicked: Cell::new(false),
        }
    }

    pub(crate) fn set_executor(&mut self, executor: Executor) {
        self.executor = Some(executor);
    }

    pub(crate) fn set_version(&mut self, version: Version) {
        self.version = Some(version);
    }

    /// The shared state of the response, made now if this is its first use.
    pub(crate) fn state(&self) -> &Arc<ResponseState> {
        self.state.get_or_init(|| {
            let executor = self.executor.as_ref().unwrap_or_else(|| Executor::global());
            Arc::new(ResponseState::new(executor.clone(), self.version))
        })
    }

    /// Notes that the handler panicked, for who asks why there is no response.
    pub(crate) fn note_panic(&self) {
        self.panicked.set(true);
    }

    /// Takes the shared state out, if anything was registered.
    pub(crate) fn take(&mut self) -> Option<Arc<ResponseState>> {
        self.state.take()
    }
}

impl Drop for ScopeCell {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            state.advance(Event::Aborted(if self.panicked.get() {
                Abort::HandlerPanicked
            } else {
                Abort::HandlerDropped
            }));
        }
    }
}
