//! Tasks that are due and wait for a place to run: in order, and fair between
//! responses.

use std::collections::VecDeque;
use std::sync::Arc;

use super::chunk::{Chunk, Rest};
use crate::scope::context::Origin;
use crate::task::{Runnable, Tasks};

/// The due tasks of one response, or what is left of them.
pub(super) struct Batch {
    /// Those that are next.
    chunk: Arc<Chunk>,
    /// How many of the chunk are claimed.
    claimed: usize,
    rest: Rest,
}

/// For how many responses an empty queue keeps room. What a peak took beyond
/// that is given back after it.
const ROOM_KEPT: usize = 256;

/// Due tasks. Each response in turn gives one, the first come first; the tasks
/// of one response come in registration order.
#[derive(Default)]
pub(super) struct FairQueue {
    batches: VecDeque<Batch>,
    len: usize,
}

impl Batch {
    pub(super) fn new(tasks: Tasks, origin: Origin) -> Self {
        let (chunk, rest) = Chunk::first_of(tasks, origin);
        Self {
            chunk,
            claimed: 0,
            rest,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.chunk.tasks().len() - self.claimed + self.rest.len()
    }

    /// Goes on to the next task. Returns whether there is none.
    fn advance(&mut self) -> bool {
        self.claimed += 1;
        if self.claimed < self.chunk.tasks().len() {
            return false;
        }
        match self.chunk.next_of(&mut self.rest) {
            Some(next) => {
                self.chunk = next;
                self.claimed = 0;
                false
            }
            None => true,
        }
    }

    fn tasks(&self) -> impl Iterator<Item = &Arc<dyn Runnable>> {
        let tasks = self.chunk.tasks().iter().skip(self.claimed);
        tasks.chain(&self.rest)
    }
}

impl FairQueue {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds the tasks of a response behind those of the others.
    pub(super) fn push(&mut self, batch: Batch) {
        if batch.len() > 0 {
            self.len += batch.len();
            self.batches.push_back(batch);
        }
    }

    /// Has `claim` claim the next task, by its chunk and its index there.
    pub(super) fn pop<R>(&mut self, claim: impl FnOnce(&Arc<Chunk>, usize) -> R) -> Option<R> {
        let batch = self.batches.front_mut()?;
        let claimed = claim(&batch.chunk, batch.claimed);
        self.len -= 1;
        if !batch.advance() {
            if self.batches.len() > 1 {
                self.batches.rotate_left(1);
            }
            return Some(claimed);
        }
        self.batches.pop_front();
        if self.batches.is_empty() && self.batches.capacity() > ROOM_KEPT {
            self.batches = VecDeque::new();
        }
        Some(claimed)
    }

    /// Reads all tasks, those of one response together.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &Arc<dyn Runnable>> {
        self.batches.iter().flat_map(Batch::tasks)
    }
}
