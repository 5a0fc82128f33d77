//! What the tests share: servers on real sockets, clients that are in control
//! of every byte, witnesses that are no part of the code under test.
//!
//! - [`server`]: an app behind each of the adapters;
//! - [`http1`] and [`http2`]: clients that say when a byte is read or sent, and
//!   at which byte of the connection a response ended;
//! - [`witness`]: what the kernel of the server has accepted, and when;
//! - [`probe`]: what became of the tasks, and when they started;
//! - [`naive`] and [`wrong`]: what must be caught;
//! - [`order`]: a clock that counts, so that "before" is no matter of time.

pub mod body;
pub mod chopped;
pub mod http1;
pub mod http2;
pub mod naive;
pub mod order;
pub mod place;
pub mod probe;
pub mod random;
pub mod server;
pub mod slow;
pub mod tls;
pub mod witness;
pub mod wrong;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a test waits for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Awaits `future`, but not for ever.
///
/// # Panics
///
/// When it takes longer than [`PATIENCE`].
#[track_caller]
pub fn within<F: Future>(what: &str, future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(PATIENCE, future).await {
            Ok(output) => output,
            Err(_) => panic!("{what}: not within {PATIENCE:?} ({place})"),
        }
    }
}

/// A value for the first call of a handler, which must be `Clone` as a whole.
#[derive(Debug)]
pub struct Once<T> {
    value: Arc<Mutex<Option<T>>>,
}

impl<T> Once<T> {
    pub fn new(value: T) -> Self {
        Self {
            value: Arc::new(Mutex::new(Some(value))),
        }
    }

    /// Takes the value.
    ///
    /// # Panics
    ///
    /// The second time.
    #[must_use]
    pub fn take(&self) -> T {
        let value = self.value.lock().unwrap().take();
        value.expect("the handler is called once")
    }
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
        }
    }
}
