//! The scope of one request, which allocates nothing until something is
//! registered.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use http::Version;

use super::kept;
use super::settings::Settings;
use super::state::{Event, ResponseState};
use crate::sent::Abort;

/// The task-local value of a handler. Dropped with the handler before its end,
/// it ends what was registered as having no response.
///
/// It is moved to and from the thread at every poll of the handler: small is
/// fast.
#[derive(Default)]
pub(crate) struct ScopeCell {
    pub(super) settings: Option<Arc<Settings>>,
    // Taken by the destructor at the latest, which need not ask a second time.
    state: ManuallyDrop<OnceCell<Arc<ResponseState>>>,
    /// The protocol version of the request.
    pub(super) version: Option<Version>,
    panicked: bool,
}

impl ScopeCell {
    #[cfg(feature = "wire")]
    #[inline]
    pub(super) fn new(settings: Arc<Settings>, version: Version) -> Self {
        Self {
            settings: Some(settings),
            state: ManuallyDrop::new(OnceCell::new()),
            version: Some(version),
            panicked: false,
        }
    }

    /// Returns the shared state of the response, made now if this is its first
    /// use.
    #[inline]
    pub(crate) fn state(&self) -> &Arc<ResponseState> {
        match self.state.get() {
            Some(state) => state,
            None => self.first_use(),
        }
    }

    /// Returns it, if there is one.
    #[cfg(feature = "tracing")]
    pub(super) fn known_state(&self) -> Option<&Arc<ResponseState>> {
        self.state.get()
    }

    #[cold]
    fn first_use(&self) -> &Arc<ResponseState> {
        // Made outside of the `OnceCell`: a subscriber that is asked for the
        // span may itself use the scope.
        let state = self.new_state();
        self.state.get_or_init(|| state)
    }

    fn new_state(&self) -> Arc<ResponseState> {
        let mut state = kept::take();
        let unshared = Arc::get_mut(&mut state).expect("nobody else knows it");
        unshared.begin(self.settings.as_deref(), self.version);
        state
    }

    /// Notes that the handler panicked, for who asks why there is no response.
    pub(super) fn note_panic(&mut self) {
        self.panicked = true;
    }

    /// Ends what was registered as having no response.
    #[cold]
    fn abort(&mut self) {
        let why = if self.panicked {
            Abort::HandlerPanicked
        } else {
            Abort::HandlerDropped
        };
        if let Some(state) = self.state.take() {
            kept::end(state, Event::Aborted(why));
        }
    }

    /// Takes the shared state out, if anything was registered.
    #[inline]
    pub(crate) fn take_state(&mut self) -> Option<Arc<ResponseState>> {
        // Mostly there is nothing, and nothing to be written.
        self.state.get()?;
        self.state.take()
    }
}

impl Drop for ScopeCell {
    #[inline]
    fn drop(&mut self) {
        if self.state.get().is_some() {
            self.abort();
        }
    }
}
