//! Due tasks that are handed out one by one, but listed and freed together: a
//! task of its own costs its starter no count of owners.

use std::collections::VecDeque;
use std::iter;
use std::sync::Arc;

use super::Home;
use crate::sent::{Report, Sent};
use crate::sys::Handle;
use crate::task::{Between, BoxedFuture, Runnable, Tasks};

/// How many tasks there are in a chunk at most. While one of them is being run
/// the others' memory is kept, though not what they captured.
const MOST: usize = 32;

/// What the tasks that are started together have in common.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) executor: Home,
    pub(crate) report: Report,
    pub(crate) runtime: Option<Handle>,
}

/// Some due tasks of one response.
pub(crate) struct Chunk {
    origin: Origin,
    tasks: Tasks,
}

/// One task of a chunk, which is its holder's to start.
#[derive(Clone)]
pub(crate) struct Claim {
    chunk: Arc<Chunk>,
    index: usize,
}

/// What is left of a list when a chunk is taken off.
pub(super) type Rest = VecDeque<Arc<dyn Runnable>>;

impl Chunk {
    pub(crate) fn new(tasks: impl Into<Tasks>, origin: Origin) -> Arc<Self> {
        let tasks = tasks.into();
        Arc::new(Self { origin, tasks })
    }

    /// Makes a chunk of the first tasks; of all of a few.
    pub(super) fn first_of(tasks: Tasks, origin: Origin) -> (Arc<Self>, Rest) {
        if tasks.len() <= MOST {
            // As they are, without a copy.
            return (Self::new(tasks, origin), Rest::new());
        }
        let mut rest = Rest::from(tasks.into_list());
        (Self::off(&mut rest, origin), rest)
    }

    /// Makes a chunk of the tasks behind this one, if there are any.
    pub(super) fn next_of(&self, rest: &mut Rest) -> Option<Arc<Self>> {
        let is_over = rest.is_empty();
        (!is_over).then(|| Self::off(rest, self.origin.clone()))
    }

    fn off(rest: &mut Rest, origin: Origin) -> Arc<Self> {
        let tasks = rest.drain(..rest.len().min(MOST));
        Self::new(tasks.collect::<Vec<_>>(), origin)
    }

    /// Makes chunks of all tasks.
    pub(super) fn all_of(tasks: Tasks, origin: Origin) -> impl Iterator<Item = Arc<Self>> {
        let (first, mut rest) = Self::first_of(tasks, origin);
        iter::successors(Some(first), move |chunk| chunk.next_of(&mut rest))
    }

    pub(super) fn tasks(&self) -> &[Arc<dyn Runnable>] {
        self.tasks.as_slice()
    }

    /// Runs closures on this thread, one after another.
    pub(super) fn run(self: &Arc<Self>, between: &mut Between) {
        for (index, task) in self.tasks().iter().enumerate() {
            between.claim(self, index);
            task.run(&self.origin.report, between);
        }
    }

    /// Claims each task.
    pub(super) fn into_claims(self: Arc<Self>) -> impl Iterator<Item = Claim> {
        (0..self.tasks().len()).map(move |index| Claim::new(&self, index))
    }
}

impl Claim {
    pub(crate) fn new(chunk: &Arc<Chunk>, index: usize) -> Self {
        Self {
            chunk: Arc::clone(chunk),
            index,
        }
    }

    /// Makes it a claim of another task. Returns the chunk that it was of, if
    /// that is another, for the caller to drop outside of all locks.
    pub(crate) fn renew(&mut self, chunk: &Arc<Chunk>, index: usize) -> Option<Arc<Chunk>> {
        self.index = index;
        if Arc::ptr_eq(&self.chunk, chunk) {
            return None;
        }
        Some(std::mem::replace(&mut self.chunk, Arc::clone(chunk)))
    }

    pub(super) fn into_chunk(self) -> Arc<Chunk> {
        self.chunk
    }

    pub(crate) fn task(&self) -> &Arc<dyn Runnable> {
        &self.chunk.tasks()[self.index]
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.chunk.origin
    }

    /// What the task may know of its response.
    pub(crate) fn sent(&self) -> Sent {
        self.origin().report.seen_by(self.task().header())
    }

    /// Runs a closure on this thread.
    pub(crate) fn run(&self, between: &mut Between) {
        between.claim(&self.chunk, self.index);
        self.task().run(&self.origin().report, between);
    }

    /// Returns the future of an async task; in the place of `spare`, one that has
    /// ended, if that is of the same type.
    pub(crate) fn future(&self, spare: Option<BoxedFuture>) -> Option<BoxedFuture> {
        if let Some(mut spare) = spare
            && spare.as_mut().renew(self)
        {
            return Some(spare);
        }
        Arc::clone(self.task()).future(self)
    }
}
