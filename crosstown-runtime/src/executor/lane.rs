//! One kind of tasks on one runtime: how many run at once, and who is next.
//!
//! Invariants:
//! 1. `queue` holds a task only while every place is taken, or somebody is on
//!    the way to take it: a runner for blocking tasks, the caller for async
//!    ones.
//! 2. A place is in `running` from before its task starts until after it ended;
//!    it is given back by a destructor, also when a runtime drops the task.
//! 3. The lock is held for bookkeeping only; no task runs under it.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use super::queue::{Batch, FairQueue, Ready};
use super::roll::{Place, Roll};
use crate::lock::lock;
use crate::sys::Mutex;
use crate::task::Runnable;

/// One kind of tasks on one runtime.
pub(super) struct Lane {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: FairQueue,
    /// Places taken, those included whose taker is on the way.
    taken: usize,
    /// Takers that are on the way to their first task.
    starting: usize,
    /// Whether somebody is starting async tasks and will go on until none can
    /// be: a task that ends meanwhile leaves the next one to them.
    pumping: bool,
    running: Roll,
}

impl State {
    /// Takes places for up to `most` runners that shall be called: as many as
    /// there are places free, and tasks that no runner on the way will take.
    fn call(&mut self, most: usize, limit: usize) -> usize {
        let unmet = self.queue.len().saturating_sub(self.starting);
        let called = most.min(unmet).min(limit - self.taken);
        self.taken += called;
        self.starting += called;
        called
    }
}

impl Lane {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            state: Mutex::default(),
        }
    }

    /// Adds the tasks of a response. Returns those for which a queue of at most
    /// `most` tasks has no room.
    pub(super) fn push(&self, mut batch: Batch, most: usize) -> VecDeque<Arc<dyn Runnable>> {
        let mut state = lock(&self.state);
        // The task for which a place is free, or somebody is on the way, takes no
        // room.
        let free = self.limit - state.taken + state.starting;
        let room = free.saturating_add(most).saturating_sub(state.queue.len());
        let overflow = batch.tasks.split_off(room.min(batch.tasks.len()));
        state.queue.push(batch);
        overflow
    }

    /// Whether a runner shall be called for the tasks that wait. If so, its place
    /// is taken.
    pub(super) fn call_runner(&self) -> bool {
        lock(&self.state).call(1, self.limit) > 0
    }

    /// Gives the runner at `place` its next task, or takes the place back; one
    /// without a place has just arrived. Also returns how many more runners are
    /// to be called before it starts.
    pub(super) fn next(&self, place: &mut Option<Place>) -> Option<(Ready, usize)> {
        let mut state = lock(&self.state);
        // Who called the runner called few and went on. Each that arrives calls
        // two more, so that their number doubles. Later one is enough: another
        // is on the way whenever a task starts while others wait, so that a
        // body which keeps its thread keeps no other task waiting.
        let wanted = match place {
            None => {
                state.starting -= 1;
                2
            }
            Some(_) => usize::from(state.starting == 0),
        };
        // Dropped after the lock: it may be the last owner of the task.
        let _ended = place.take().and_then(|place| state.running.leave(place));
        let Some(ready) = state.queue.pop() else {
            state.taken -= 1;
            drop(state);
            return None;
        };
        *place = Some(state.running.enter(&ready.task));
        let called = state.call(wanted, self.limit);
        drop(state);
        Some((ready, called))
    }

    /// Returns whether the caller is now the one who starts async tasks, by
    /// [`begin`](Self::begin) until that returns `None`.
    pub(super) fn pump(&self) -> bool {
        !mem::replace(&mut lock(&self.state).pumping, true)
    }

    /// Takes a place and the next task for it, if there are both.
    pub(super) fn begin(&self) -> Option<(Place, Ready)> {
        let mut state = lock(&self.state);
        let ready = if state.taken < self.limit {
            state.queue.pop()
        } else {
            None
        };
        let Some(ready) = ready else {
            state.pumping = false;
            return None;
        };
        state.taken += 1;
        let place = state.running.enter(&ready.task);
        Some((place, ready))
    }

    /// Lists a task that runs beyond the limit.
    pub(super) fn exceed(&self, task: &Arc<dyn Runnable>) -> Place {
        lock(&self.state).running.enter(task)
    }

    /// Takes a task that ran beyond the limit off the list.
    pub(super) fn end_exceeding(&self, place: Place) {
        let ended = lock(&self.state).running.leave(place);
        drop(ended);
    }

    /// Gives a place back.
    pub(super) fn end(&self, place: Place) {
        let mut state = lock(&self.state);
        state.taken -= 1;
        let ended = state.running.leave(place);
        drop(state);
        drop(ended);
    }

    /// A runner that was called won't come: its runtime is shut down. Gives its
    /// place back, and the tasks that nobody will run.
    pub(super) fn desert(&self) -> Vec<Ready> {
        let mut state = lock(&self.state);
        state.starting -= 1;
        state.taken -= 1;
        let mut lost = Vec::new();
        if state.taken == 0 {
            lost.extend(std::iter::from_fn(|| state.queue.pop()));
        }
        lost
    }

    /// Returns the tasks that are being run.
    pub(super) fn running(&self) -> Vec<Arc<dyn Runnable>> {
        lock(&self.state).running.tasks().cloned().collect()
    }

    /// Returns the tasks that wait and those that are being run.
    pub(super) fn tasks(&self) -> Vec<Arc<dyn Runnable>> {
        let state = lock(&self.state);
        let running = state.running.tasks();
        running.chain(state.queue.tasks()).cloned().collect()
    }
}
