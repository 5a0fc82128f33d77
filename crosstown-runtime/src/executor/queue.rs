//! Tasks that are due and wait for a place to run: in order, and fair between
//! responses.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::scope::context::Origin;
use crate::task::{BoxedFuture, Runnable};

/// The due tasks of one response, or what is left of them.
pub(super) struct Batch {
    pub(super) tasks: VecDeque<Arc<dyn Runnable>>,
    pub(super) origin: Arc<Origin>,
}

/// A task that is to be started.
pub(super) struct Ready {
    pub(super) task: Arc<dyn Runnable>,
    pub(super) origin: Arc<Origin>,
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
    pub(super) fn new(tasks: Vec<Arc<dyn Runnable>>, origin: &Arc<Origin>) -> Self {
        Self {
            tasks: tasks.into(),
            origin: Arc::clone(origin),
        }
    }
}

impl Ready {
    pub(super) fn new(task: Arc<dyn Runnable>, origin: &Arc<Origin>) -> Self {
        let origin = Arc::clone(origin);
        Self { task, origin }
    }

    /// Starts the task: runs a closure here, and returns the future of another.
    pub(super) fn start(self) -> Option<BoxedFuture> {
        self.task.start(self.origin)
    }
}

impl FairQueue {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds the tasks of a response behind those of the others.
    pub(super) fn push(&mut self, batch: Batch) {
        if !batch.tasks.is_empty() {
            self.len += batch.tasks.len();
            self.batches.push_back(batch);
        }
    }

    /// Takes the next task.
    pub(super) fn pop(&mut self) -> Option<Ready> {
        let batch = self.batches.front_mut()?;
        let task = batch.tasks.pop_front()?;
        self.len -= 1;
        if !batch.tasks.is_empty() {
            let ready = Ready::new(task, &batch.origin);
            self.batches.rotate_left(1);
            return Some(ready);
        }
        let Batch { origin, .. } = self.batches.pop_front()?;
        if self.batches.is_empty() && self.batches.capacity() > ROOM_KEPT {
            self.batches = VecDeque::new();
        }
        Some(Ready { task, origin })
    }

    /// Reads all tasks, those of one response together.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &Arc<dyn Runnable>> {
        self.batches.iter().flat_map(|batch| &batch.tasks)
    }
}
