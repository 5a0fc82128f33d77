//! Some tasks, in order.

use std::mem;
use std::sync::Arc;

use super::runnable::Runnable;

/// Some tasks, in order. Most responses have one, which needs no list.
pub(crate) enum Tasks {
    OneAtMost(Option<Arc<dyn Runnable>>),
    List(Vec<Arc<dyn Runnable>>),
}

impl Tasks {
    pub(crate) const NONE: Self = Self::OneAtMost(None);

    /// Adds a task. If it is the second, `list` makes the list for both.
    #[inline]
    pub(crate) fn push(&mut self, task: Arc<dyn Runnable>, list: fn() -> Vec<Arc<dyn Runnable>>) {
        match self {
            Self::List(list) => list.push(task),
            Self::OneAtMost(one) if one.is_none() => *one = Some(task),
            Self::OneAtMost(_) => self.push_second(task, list()),
        }
    }

    #[inline(never)]
    fn push_second(&mut self, task: Arc<dyn Runnable>, mut list: Vec<Arc<dyn Runnable>>) {
        list.extend(self.drain());
        list.push(task);
        *self = Self::List(list);
    }

    pub(crate) fn as_slice(&self) -> &[Arc<dyn Runnable>] {
        match self {
            Self::OneAtMost(one) => one.as_slice(),
            Self::List(list) => list,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Takes all out, as they are.
    pub(crate) fn take(&mut self) -> Self {
        mem::replace(self, Self::NONE)
    }

    /// Takes all out, one by one.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Arc<dyn Runnable>> {
        let (one, list) = match self {
            Self::OneAtMost(one) => (one.take(), None),
            Self::List(list) => (None, Some(list.drain(..))),
        };
        one.into_iter().chain(list.into_iter().flatten())
    }

    /// Keeps those that `keep` says yes to, asked in order.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Arc<dyn Runnable>) -> bool) {
        match self {
            Self::OneAtMost(one) => drop(one.take_if(|task| !keep(task))),
            Self::List(list) => list.retain(keep),
        }
    }

    /// Takes out those that `leaves` says yes to, asked in order.
    pub(crate) fn extract(&mut self, mut leaves: impl FnMut(&Arc<dyn Runnable>) -> bool) -> Self {
        match self {
            Self::OneAtMost(one) => Self::OneAtMost(one.take_if(|task| leaves(task))),
            Self::List(list) => Self::List(list.extract_if(.., |task| leaves(task)).collect()),
        }
    }

    pub(crate) fn into_list(self) -> Vec<Arc<dyn Runnable>> {
        match self {
            Self::OneAtMost(one) => Vec::from_iter(one),
            Self::List(list) => list,
        }
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self::NONE
    }
}

impl From<Arc<dyn Runnable>> for Tasks {
    fn from(task: Arc<dyn Runnable>) -> Self {
        Self::OneAtMost(Some(task))
    }
}

impl From<Vec<Arc<dyn Runnable>>> for Tasks {
    fn from(list: Vec<Arc<dyn Runnable>>) -> Self {
        Self::List(list)
    }
}
