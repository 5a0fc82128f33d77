//! One kind of tasks on one runtime: how many run at once, and who is next.
//!
//! Invariants:
//! 1. While a task waits and a place is free, a starter is on the way, or goes
//!    on: a runner for closures, a driver for futures. Whoever leaves, in
//!    whatever way, sees to that.
//! 2. A place is in `running` from before its task starts until after it ended;
//!    it is given back by a destructor, also when a runtime drops the task.
//! 3. The lock is held for bookkeeping only; no task runs under it.

use std::sync::Arc;

use super::chunk::{Chunk, Claim};
use super::queue::{Batch, FairQueue};
use super::roll::{Place, Roll};
use crate::lock::lock;
use crate::scope::context::Origin;
use crate::sys::Mutex;
use crate::task::{Runnable, Tasks};

/// One kind of tasks on one runtime.
pub(super) struct Lane {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queue: FairQueue,
    /// Tasks that have a place.
    taken: usize,
    /// Starters that are on the way.
    starting: usize,
    /// Starters that have arrived and go on.
    going_on: usize,
    running: Roll<Claim>,
}

/// A task that was given a place.
pub(super) struct Begun {
    pub(super) place: Place,
    pub(super) claim: Claim,
}

/// Tasks for which a queue has no room.
pub(super) type Overflow = (Tasks, Origin);

impl State {
    /// Adds the tasks of a response. Returns those for which a queue of at most
    /// `most` tasks has no room.
    fn push(
        &mut self,
        tasks: Tasks,
        origin: Origin,
        most: usize,
        limit: usize,
    ) -> Option<Overflow> {
        // The task for which a place is free takes no room.
        let free = limit - self.taken;
        let room = free.saturating_add(most).saturating_sub(self.queue.len());
        if tasks.len() <= room {
            self.queue.push(Batch::new(tasks, origin));
            return None;
        }
        let mut list = tasks.into_list();
        let overflow = list.split_off(room);
        let overflow = (overflow.into(), origin.clone());
        self.queue.push(Batch::new(list.into(), origin));
        Some(overflow)
    }

    /// Notes that a starter has arrived, if it has `just` done so. Returns how
    /// many more are wanted.
    ///
    /// Who called it called few and went on. Each that arrives calls two more,
    /// so that their number doubles. Later one is enough: another is on the way
    /// whenever a task starts while others wait, so that a body which keeps its
    /// thread keeps no other task waiting.
    fn arrived(&mut self, just: bool) -> usize {
        if just {
            self.starting -= 1;
            self.going_on += 1;
            return 2;
        }
        self.one_on_the_way()
    }

    /// How many are wanted for one to be on the way.
    fn one_on_the_way(&self) -> usize {
        usize::from(self.starting == 0)
    }

    /// Counts up to `most` more starters as on the way: as many as there are
    /// places free, and tasks that none on the way will take.
    fn call(&mut self, most: usize, limit: usize) -> usize {
        let unmet = self.queue.len().saturating_sub(self.starting);
        let free = limit.saturating_sub(self.taken + self.starting);
        let called = most.min(unmet).min(free);
        self.starting += called;
        called
    }

    /// Counts one more starter as on the way, if one is wanted and none is.
    fn call_one(&mut self, limit: usize) -> usize {
        let wanted = self.one_on_the_way();
        self.call(wanted, limit)
    }

    /// Gives the next task a place, if there are both.
    fn begin(&mut self, limit: usize) -> Option<Begun> {
        if self.taken >= limit {
            return None;
        }
        let claim = self.queue.pop(Claim::new)?;
        self.taken += 1;
        let place = self.running.enter(claim.clone());
        Some(Begun { place, claim })
    }

    /// Gives the place of a task that has ended to the next one, if one waits.
    /// Returns whether it did, and the chunks that are for the caller to drop
    /// outside of the lock: this may be their last owner.
    fn succeed(&mut self, begun: &mut Begun) -> (bool, Left) {
        let Begun { place, claim } = begun;
        let running = &mut self.running;
        let left = self.queue.pop(|chunk, index| {
            let listed = running.get_mut(*place);
            let listed = listed.and_then(|listed| listed.renew(chunk, index));
            [listed, claim.renew(chunk, index)]
        });
        match left {
            Some(left) => (true, left),
            None => (false, [self.end(*place), None]),
        }
    }

    fn running_tasks(&self) -> impl Iterator<Item = &Arc<dyn Runnable>> {
        self.running.all().map(Claim::task)
    }

    /// Takes a place back. The chunk is for the caller to drop outside of the
    /// lock: this may be its last owner.
    fn end(&mut self, place: Place) -> Option<Arc<Chunk>> {
        self.taken -= 1;
        self.running.leave(place).map(Claim::into_chunk)
    }
}

/// Chunks that are dropped outside of the lock.
type Left = [Option<Arc<Chunk>>; 2];

impl Lane {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            state: Mutex::default(),
        }
    }

    /// Adds the closures of a response. Returns how many runners are to be called
    /// for those that wait: one, unless one is on the way, which will call more.
    /// Each must then arrive, or [`desert`](Self::desert).
    pub(super) fn push(
        &self,
        tasks: Tasks,
        origin: Origin,
        most: usize,
    ) -> (usize, Option<Overflow>) {
        let mut state = lock(&self.state);
        let overflow = state.push(tasks, origin, most, self.limit);
        (state.call_one(self.limit), overflow)
    }

    /// Adds the futures of a response. Begins one that then waits alone; for
    /// several, returns how many drivers are to be called, up to `drivers`. Those
    /// on the way don't count: tokio may keep each for a worker that is busy.
    pub(super) fn push_or_begin(
        &self,
        tasks: Tasks,
        origin: Origin,
        most: usize,
        drivers: usize,
    ) -> (Result<Begun, usize>, Option<Overflow>) {
        let mut state = lock(&self.state);
        let overflow = state.push(tasks, origin, most, self.limit);
        let alone = state.queue.len() == 1 && state.starting == 0;
        let begun = match alone.then(|| state.begin(self.limit)).flatten() {
            Some(begun) => Ok(begun),
            None => Err(state.call(drivers, self.limit)),
        };
        (begun, overflow)
    }

    /// Gives a starter its next task and a place for it, or lets the starter go;
    /// `ended` is the task before, if that has ended in its place, and
    /// `just_arrived` says that there was none before. Also returns how many more
    /// starters are to be called before the task starts.
    pub(super) fn next(
        &self,
        just_arrived: bool,
        mut ended: Option<Begun>,
    ) -> Option<(Begun, usize)> {
        let mut left = Left::default();
        let mut state = lock(&self.state);
        let wanted = state.arrived(just_arrived);
        let next = match &mut ended {
            Some(begun) => {
                let (succeeded, chunks) = state.succeed(begun);
                left = chunks;
                if succeeded { ended.take() } else { None }
            }
            None => state.begin(self.limit),
        };
        let next = match next {
            Some(begun) => Some((begun, state.call(wanted, self.limit))),
            None => {
                state.going_on -= 1;
                None
            }
        };
        drop(state);
        drop((ended, left));
        next
    }

    /// A driver was dropped on its way, as by the end of its runtime. Returns
    /// how many others are to be called for the futures that wait.
    pub(super) fn abandon(&self) -> usize {
        let mut state = lock(&self.state);
        state.going_on -= 1;
        state.call_one(self.limit)
    }

    /// Lists a task that runs beyond the limit.
    pub(super) fn exceed(&self, claim: &Claim) -> Place {
        lock(&self.state).running.enter(claim.clone())
    }

    /// Takes a task that ran beyond the limit off the list.
    pub(super) fn end_exceeding(&self, place: Place) {
        let ended = lock(&self.state).running.leave(place);
        drop(ended);
    }

    /// Takes the place of a future back. Returns how many drivers are to be
    /// called for those that wait.
    pub(super) fn end(&self, place: Place) -> usize {
        let mut state = lock(&self.state);
        let ended = state.end(place);
        let called = state.call_one(self.limit);
        drop(state);
        drop(ended);
        called
    }

    /// A starter that was called won't come: its runtime is shut down. Returns
    /// the tasks that nobody will start.
    pub(super) fn desert(&self) -> Vec<Claim> {
        let mut state = lock(&self.state);
        state.starting -= 1;
        let mut lost = Vec::new();
        // Any other goes on, or calls again when it ends.
        if state.starting + state.going_on + state.taken == 0 {
            lost.extend(std::iter::from_fn(|| state.queue.pop(Claim::new)));
        }
        lost
    }

    /// Returns the tasks that are being run.
    pub(super) fn running(&self) -> Vec<Arc<dyn Runnable>> {
        lock(&self.state).running_tasks().cloned().collect()
    }

    /// Returns the tasks that wait and those that are being run.
    pub(super) fn tasks(&self) -> Vec<Arc<dyn Runnable>> {
        let state = lock(&self.state);
        let waiting = state.queue.tasks();
        state.running_tasks().chain(waiting).cloned().collect()
    }
}
