//! Due tasks that are handed out one by one, but listed and freed together: a
//! task of its own costs its starter no count of owners.

use std::collections::VecDeque;
use std::iter;
use std::sync::Arc;

use crate::scope::context::Origin;
use crate::task::{Between, BoxedFuture, Runnable};

/// How many tasks there are in a chunk at most. While one of them is being run
/// the others' memory is kept, though not what they captured.
const MOST: usize = 32;

/// Some due tasks of one response.
pub(crate) struct Chunk {
    pub(crate) origin: Origin,
    tasks: Vec<Arc<dyn Runnable>>,
}

/// One task of a chunk, which is its holder's to start.
#[derive(Clone)]
pub(super) struct Claim {
    chunk: Arc<Chunk>,
    index: usize,
}

impl Chunk {
    pub(crate) fn new(tasks: Vec<Arc<dyn Runnable>>, origin: Origin) -> Arc<Self> {
        Arc::new(Self { origin, tasks })
    }

    /// Takes the tasks of a chunk off the front of a list; all of a short one.
    pub(super) fn first_of(tasks: &mut VecDeque<Arc<dyn Runnable>>, origin: Origin) -> Arc<Self> {
        if tasks.len() <= MOST {
            // As it is, without a copy.
            return Self::new(std::mem::take(tasks).into(), origin);
        }
        Self::new(tasks.drain(..MOST).collect(), origin)
    }

    /// Makes chunks of all tasks of a list.
    pub(super) fn all_of(
        tasks: Vec<Arc<dyn Runnable>>,
        origin: &Origin,
    ) -> impl Iterator<Item = Arc<Self>> {
        let mut tasks = VecDeque::from(tasks);
        iter::from_fn(move || {
            let is_over = tasks.is_empty();
            (!is_over).then(|| Self::first_of(&mut tasks, origin.clone()))
        })
    }

    pub(super) fn tasks(&self) -> &[Arc<dyn Runnable>] {
        &self.tasks
    }

    /// Claims each task.
    pub(super) fn into_claims(self: Arc<Self>) -> impl Iterator<Item = Claim> {
        (0..self.tasks.len()).map(move |index| Claim::new(&self, index))
    }
}

impl Claim {
    pub(super) fn new(chunk: &Arc<Chunk>, index: usize) -> Self {
        Self {
            chunk: Arc::clone(chunk),
            index,
        }
    }

    /// Makes it a claim of another task. Returns the chunk that it was of, if
    /// that is another, for the caller to drop outside of all locks.
    pub(super) fn renew(&mut self, chunk: &Arc<Chunk>, index: usize) -> Option<Arc<Chunk>> {
        self.index = index;
        if Arc::ptr_eq(&self.chunk, chunk) {
            return None;
        }
        Some(std::mem::replace(&mut self.chunk, Arc::clone(chunk)))
    }

    pub(super) fn into_chunk(self) -> Arc<Chunk> {
        self.chunk
    }

    pub(super) fn task(&self) -> &Arc<dyn Runnable> {
        &self.chunk.tasks[self.index]
    }

    /// Runs a closure on this thread.
    pub(super) fn run(&self, between: &mut Between) {
        self.task().run(&self.chunk, between);
    }

    /// Returns the future of an async task.
    pub(super) fn future(&self) -> Option<BoxedFuture> {
        Arc::clone(self.task()).future(Arc::clone(&self.chunk))
    }
}
