//! What few tasks have, and only until they start.

use std::fmt;
use std::mem;
use std::time::Duration;
use std::vec;

use tokio::task::LocalKey;

use super::carry::{Carried, Value};
use crate::executor::Gate;
use crate::lock::lock;
use crate::sent::Sent;
use crate::sys::Mutex;
use crate::unwind::drop_contained;

/// A user's rule over what became of the response.
pub(crate) type Rule = Box<dyn FnOnce(&Sent) -> bool + Send>;

/// What few tasks have, until they start.
#[derive(Default)]
pub(crate) struct Extras(Mutex<Parts>);

#[derive(Default)]
struct Parts {
    /// In the order in which they are asked.
    when: Vec<Rule>,
    /// Of several tasks with one key, the last runs.
    key: Option<String>,
    also: Option<Gate>,
    carried: Carried,
}

impl Extras {
    /// Adds a rule; the ones before are asked first.
    pub(super) fn add_rule(&self, rule: Rule) {
        lock(&self.0).when.push(rule);
    }

    pub(super) fn set_key(&self, key: String) {
        lock(&self.0).key = Some(key);
    }

    /// Adds a gate; the ones before are waited for first.
    pub(super) fn add_gate(&self, gate: Gate) {
        let also = &mut lock(&self.0).also;
        *also = Some(match also.take() {
            None => gate,
            Some(before) => Gate::new(async { before.await && gate.await }),
        });
    }

    /// Adds the value that `key` has here, if it has one.
    pub(super) fn pack<T: Clone + Send + 'static>(&self, key: &'static LocalKey<T>) {
        if let Some(value) = Value::here(key) {
            lock(&self.0).carried.push(value);
        }
    }

    pub(super) fn take_rules(&self) -> Rules {
        Rules(mem::take(&mut lock(&self.0).when).into_iter())
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

/// Rules that are asked one after another. Those that nobody asks any more are
/// dropped each for itself.
pub(super) struct Rules(vec::IntoIter<Rule>);

impl Iterator for Rules {
    type Item = Rule;

    fn next(&mut self) -> Option<Rule> {
        self.0.next()
    }
}

impl Drop for Rules {
    fn drop(&mut self) {
        self.0.by_ref().for_each(drop_contained);
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        drop(Rules(mem::take(&mut self.when).into_iter()));
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extras").finish_non_exhaustive()
    }
}
