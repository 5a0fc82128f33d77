//! The scope of one request, which allocates nothing until something is
//! registered.

use std::cell::RefCell;
use std::sync::Arc;

use super::state::{Config, Event, ResponseState};
use crate::executor::Executor;
use crate::sent::Abort;

/// The task-local value of a handler. Dropped with the handler before its end,
/// it ends what was registered as having no response.
#[derive(Default)]
pub(crate) struct ScopeCell {
    // A `RefCell`, since a task-local is read through a shared reference. It is
    // never borrowed while code of the user's runs.
    scope: RefCell<Scope>,
}

#[derive(Default)]
struct Scope {
    executor: Option<Executor>,
    config: Config,
    state: Option<Arc<ResponseState>>,
    panicked: bool,
}

impl ScopeCell {
    #[inline]
    pub(crate) fn set_executor(&mut self, executor: Executor) {
        self.scope.get_mut().executor = Some(executor);
    }

    #[inline]
    pub(crate) fn config(&mut self) -> &mut Config {
        &mut self.scope.get_mut().config
    }

    /// Reads the shared state of the response, made now if this is its first
    /// use.
    pub(crate) fn with_state<R>(&self, read: impl FnOnce(&Arc<ResponseState>) -> R) -> R {
        read(self.scope.borrow_mut().state())
    }

    /// Notes that the handler panicked, for who asks why there is no response.
    pub(crate) fn note_panic(&self) {
        self.scope.borrow_mut().panicked = true;
    }

    /// Moves the scope out, to go on elsewhere.
    #[inline]
    pub(crate) fn take(&self) -> Self {
        Self {
            scope: RefCell::new(self.scope.take()),
        }
    }

    /// Takes the shared state out, if anything was registered.
    #[inline]
    pub(crate) fn into_state(mut self) -> Option<Arc<ResponseState>> {
        self.scope.get_mut().state.take()
    }
}

impl Scope {
    fn state(&mut self) -> &Arc<ResponseState> {
        let (executor, config) = (&self.executor, self.config);
        self.state.get_or_insert_with(|| {
            let executor = executor.as_ref().unwrap_or_else(|| Executor::global());
            Arc::new(ResponseState::new(executor.clone(), config))
        })
    }
}

impl Drop for Scope {
    #[inline]
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            state.advance(Event::Aborted(if self.panicked {
                Abort::HandlerPanicked
            } else {
                Abort::HandlerDropped
            }));
        }
    }
}
