//! The last task of each key.

use std::collections::HashMap;
use std::mem;

use crate::task::{Registration, SWEPT_FROM};

/// The last task of each key of a response. One that has ended has nothing to be
/// replaced: of those there are no more than of the others, but for a few.
#[derive(Default)]
pub(super) struct Keys {
    // Few responses have any.
    last: Option<HashMap<String, Registration>>,
}

/// Tasks that a registration finds there, to be acted on outside of all locks.
#[derive(Default)]
pub(super) struct Earlier {
    /// The one of its key.
    pub(super) replaced: Option<Registration>,
    /// Those that have ended, and are let go of.
    pub(super) ended: Vec<Registration>,
}

impl Earlier {
    pub(super) fn is_none(&self) -> bool {
        self.replaced.is_none() && self.ended.is_empty()
    }
}

impl Keys {
    /// Notes the last task of a key.
    pub(super) fn insert(&mut self, key: String, task: Registration) -> Earlier {
        let last = self.last.get_or_insert_default();
        let is_full = last.len() == last.capacity();
        let ended = if is_full && last.len() >= SWEPT_FROM {
            sweep(last)
        } else {
            Vec::new()
        };
        let replaced = last.insert(key, task);
        Earlier { replaced, ended }
    }
}

/// Takes out those that have ended, and makes room for as many as are left: so
/// many come before it must be done again.
#[cold]
fn sweep(last: &mut HashMap<String, Registration>) -> Vec<Registration> {
    let mut ended = Vec::new();
    for (key, task) in mem::take(last) {
        if task.is_finished() {
            ended.push(task);
        } else {
            last.insert(key, task);
        }
    }
    last.reserve(last.len().max(SWEPT_FROM));
    ended
}
