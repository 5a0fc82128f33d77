//! What few tasks have, and only until they start.

use std::fmt;
use std::mem;
use std::time::Duration;

use tokio::task::LocalKey;

use super::carry::{Carried, Value};
use crate::executor::Gate;
use crate::lock::lock;
use crate::outcome::drop_contained;
use crate::sent::Sent;
use crate::sys::Mutex;

/// A user's rule over what became of the response.
pub(crate) type Rule = Box<dyn FnOnce(&Sent) -> bool + Send>;

/// What few tasks have, until they start.
#[derive(Default)]
pub(crate) struct Extras(Mutex<Parts>);

#[derive(Default)]
struct Parts {
    when: Option<Rule>,
    /// Of several tasks with one key, the last runs.
    key: Option<String>,
    also: Option<Gate>,
    carried: Carried,
}

impl Extras {
    pub(super) fn set_rule(&self, rule: Rule) {
        let before = lock(&self.0).when.replace(rule);
        drop(before);
    }

    pub(super) fn set_key(&self, key: String) {
        lock(&self.0).key = Some(key);
    }

    pub(super) fn set_gate(&self, gate: Gate) {
        let before = lock(&self.0).also.replace(gate);
        drop(before);
    }

    /// Adds the value that `key` has here, if it has one.
    pub(super) fn pack<T: Clone + Send + 'static>(&self, key: &'static LocalKey<T>) {
        if let Some(value) = Value::here(key) {
            lock(&self.0).carried.push(value);
        }
    }

    pub(super) fn take_rule(&self) -> Option<Rule> {
        lock(&self.0).when.take()
    }

    pub(crate) fn take_key(&self) -> Option<String> {
        lock(&self.0).key.take()
    }

    pub(crate) fn has_gate(&self) -> bool {
        lock(&self.0).also.is_some()
    }

    pub(super) fn take_gate(&self) -> Option<Gate> {
        lock(&self.0).also.take()
    }

    pub(super) fn take_carried(&self) -> Carried {
        mem::take(&mut lock(&self.0).carried)
    }

    /// Sets how long the gate may take, if there is one.
    pub(crate) fn limit_gate(&self, limit: Option<Duration>) {
        if let Some(gate) = &mut lock(&self.0).also {
            gate.limit = limit;
        }
    }

    /// Drops all of it.
    pub(super) fn discard(&self) {
        let parts = mem::take(&mut *lock(&self.0));
        drop(parts);
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        drop_contained(self.when.take());
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extras").finish_non_exhaustive()
    }
}
