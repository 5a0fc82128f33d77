//! Task-locals of the user's that a task takes along.

use std::fmt;

use tokio::task::LocalKey;

use crate::lock::lock;
use crate::outcome::drop_contained;
use crate::sys::Mutex;

/// The values that a task takes along, until it starts.
#[derive(Default)]
pub(crate) struct Luggage(Mutex<Carried>);

/// The values that a running task carries.
#[derive(Default)]
pub(crate) struct Carried(Vec<Box<dyn Carry>>);

/// One task-local and its value.
trait Carry: Send {
    /// Calls `body` with the value set.
    fn enter(&mut self, body: &mut dyn FnMut());
}

struct Value<T: 'static> {
    key: &'static LocalKey<T>,
    value: Option<T>,
}

impl<T: Clone + Send> Carry for Value<T> {
    fn enter(&mut self, body: &mut dyn FnMut()) {
        let Some(value) = self.value.take() else {
            return body();
        };
        self.key.sync_scope(value, || {
            body();
            // What the body has made of it is there when it is polled again.
            self.value = self.key.try_with(T::clone).ok();
        });
    }
}

impl Luggage {
    /// Adds the value that `key` has here, if it has one.
    pub(super) fn pack<T: Clone + Send + 'static>(&mut self, key: &'static LocalKey<T>) {
        if let Ok(value) = key.try_with(T::clone) {
            let value = Some(value);
            lock(&self.0).0.push(Box::new(Value { key, value }));
        }
    }

    pub(crate) fn take(&self) -> Carried {
        std::mem::take(&mut *lock(&self.0))
    }
}

impl Carried {
    /// Calls `body` with all values set.
    pub(super) fn enter<R>(&mut self, body: impl FnOnce() -> R) -> R {
        if self.0.is_empty() {
            return body();
        }
        let (mut body, mut result) = (Some(body), None);
        within(&mut self.0, &mut || {
            result = body.take().map(|body| body());
        });
        result.expect("the innermost call is made once")
    }
}

fn within(carried: &mut [Box<dyn Carry>], body: &mut dyn FnMut()) {
    match carried.split_first_mut() {
        Some((first, rest)) => first.enter(&mut || within(rest, body)),
        None => body(),
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        std::mem::take(&mut self.0)
            .into_iter()
            .for_each(drop_contained);
    }
}

impl fmt::Debug for Luggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Luggage").finish_non_exhaustive()
    }
}
