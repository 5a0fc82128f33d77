//! One kind of tasks on one runtime: how many run at once, and who is next.
//!
//! Invariants:
//! 1. While a task waits and a place is free, a starter is on the way, or goes
//!    on: a runner for closures, a driver for futures. Whoever leaves, in
//!    whatever way, sees to that. Before a task starts while others wait, one is
//!    on the way that any thread may take, so that a body which keeps its thread
//!    keeps no other task waiting; for futures on a runtime of one worker, one
//!    driver does. Only where the system has no thread for a runner, tasks wait for
//!    the next that are added, or for another try. A runner whose turn is over
//!    leaves once another is on the way, and not before.
//! 2. A place is in `running` from before its task starts until after it ended;
//!    it is given back by a destructor, also when a runtime drops the task.
//! 3. The lock is held for bookkeeping only; no task runs under it.
//! 4. Runners that have neither arrived nor been dropped are as many as
//!    `starting` and `stranded` say together.

use std::sync::Arc;

use super::chunk::{Chunk, Claim, Origin};
use super::queue::FairQueue;
use super::slab::{Place, Slab};
use crate::lock::lock;
use crate::sys::{MOST_RUNNERS_WAITING, Mutex, MutexGuard};
use crate::task::{Queued, Runnable, Tasks};

/// One kind of tasks on one runtime.
pub(super) struct Lane {
    kind: Kind,
    limit: usize,
    state: Mutex<State>,
}

/// What the tasks of a lane are, and who starts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By runners, which wait for any thread of a pool.
    Closures,
    /// By drivers, which wait for a worker. tokio keeps the one that a worker has
    /// spawned last for that worker, for as long as this is busy; the others may
    /// be taken by any.
    Futures,
    /// By drivers, on a runtime of one worker, which takes all that are on the way.
    FuturesOfOneWorker,
}

/// A starter on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Starter {
    /// Any thread may take it.
    Stealable,
    /// It may be kept for one that is busy.
    Kept,
}

#[derive(Default)]
struct State {
    queue: FairQueue,
    /// Tasks that have a place.
    taken: usize,
    /// Starters that are on the way.
    starting: usize,
    /// Those of them that any thread may take.
    stealable: usize,
    /// Starters that have arrived and go on.
    going_on: usize,
    /// Runners for which there was no thread. Their runtime has kept them, and
    /// any of them may arrive yet.
    stranded: u32,
    /// Whether somebody will try again to call runners.
    is_retried: bool,
    running: Slab<Claim>,
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
            self.queue.push(tasks, origin);
            return None;
        }
        let mut list = tasks.into_list();
        let overflow = list.split_off(room);
        let overflow = (overflow.into(), origin.clone());
        self.queue.push(list.into(), origin);
        Some(overflow)
    }

    /// Notes that a starter is on the way no more.
    fn left_the_way(&mut self, starter: Starter) {
        let Some(starting) = self.starting.checked_sub(1) else {
            // Which of the runners it was makes no difference.
            self.stranded -= 1;
            return;
        };
        self.starting = starting;
        self.stealable -= usize::from(starter == Starter::Stealable);
    }

    /// Counts up to `most` more runners as on the way: as many as there are
    /// places free, and tasks that none on the way will take, and no more than
    /// may be on the way at once.
    fn call_runners(&mut self, most: usize, limit: usize) -> usize {
        let unmet = self.queue.len().saturating_sub(self.starting);
        let free = limit.saturating_sub(self.taken + self.starting);
        let allowed = MOST_RUNNERS_WAITING.saturating_sub(self.starting);
        let called = most.min(unmet).min(free).min(allowed);
        self.starting += called;
        self.stealable += called;
        called
    }

    /// Counts more drivers as on the way, if a task waits and a place is free: all
    /// but the last of them are stealable. Those on the way that are not can't be
    /// relied on, and don't count. There are at most two for each response that
    /// waits and each future that was begun.
    fn call_drivers(&mut self, called: usize, limit: usize) -> usize {
        if self.queue.len() == 0 || self.taken >= limit {
            return 0;
        }
        self.starting += called;
        self.stealable += called - 1;
        called
    }

    /// Counts more starters as on the way, if any is wanted and none can be relied
    /// on: one that any thread may take, or of one thread the only one, which may
    /// be at work.
    fn call(&mut self, kind: Kind, limit: usize) -> usize {
        match kind {
            Kind::FuturesOfOneWorker if self.starting + self.going_on > 0 => 0,
            _ if self.stealable > 0 => 0,
            Kind::Closures => self.call_runners(1, limit),
            Kind::Futures => self.call_drivers(2, limit),
            Kind::FuturesOfOneWorker => self.call_drivers(1, limit),
        }
    }

    /// Whether a task waits and a place is free, and no starter is on the way that
    /// any thread may take.
    fn is_starter_wanted(&self, limit: usize) -> bool {
        self.stealable == 0 && self.queue.len() > 0 && self.taken < limit
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
    pub(super) fn new(kind: Kind, limit: usize) -> Self {
        Self {
            kind,
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
        (state.call(self.kind, self.limit), overflow)
    }

    /// Adds the futures of a response. Begins one that then waits alone; for
    /// several, returns how many drivers are to be called: also while others are
    /// on the way, since this worker comes to the last of them at once.
    pub(super) fn push_or_begin(
        &self,
        tasks: Tasks,
        origin: Origin,
        most: usize,
    ) -> (Result<Begun, usize>, Option<Overflow>) {
        let mut state = lock(&self.state);
        let overflow = state.push(tasks, origin, most, self.limit);
        let alone = state.queue.len() == 1 && state.starting == 0;
        let begun = match alone.then(|| state.begin(self.limit)).flatten() {
            Some(begun) => Ok(begun),
            None if self.kind == Kind::Futures => Err(state.call_drivers(2, self.limit)),
            None => Err(state.call(self.kind, self.limit)),
        };
        (begun, overflow)
    }

    /// Gives a starter its next task and a place for it, or lets the starter go;
    /// `ended` is the task before, if that has ended in its place; `arrived` says
    /// that there was none before, and who came. Also returns how many more
    /// starters are to be called before the task starts.
    ///
    /// Who called a runner called one and went on. Each that arrives calls two
    /// more, so that their number doubles.
    pub(super) fn next(
        &self,
        arrived: Option<Starter>,
        mut ended: Option<Begun>,
    ) -> Option<(Begun, usize)> {
        let mut left = Left::default();
        let mut state = lock(&self.state);
        if let Some(starter) = arrived {
            state.left_the_way(starter);
            state.going_on += 1;
        }
        let next = match &mut ended {
            Some(begun) => {
                let (succeeded, chunks) = state.succeed(begun);
                left = chunks;
                if succeeded { ended.take() } else { None }
            }
            None => state.begin(self.limit),
        };
        let next = match next {
            Some(begun) => {
                let called = match (self.kind, arrived) {
                    (Kind::Closures, Some(_)) => state.call_runners(2, self.limit),
                    _ => state.call(self.kind, self.limit),
                };
                Some((begun, called))
            }
            None => {
                state.going_on -= 1;
                None
            }
        };
        drop(state);
        drop((ended, left));
        next
    }

    /// Lets a runner go that has given its place back and called another. Returns
    /// whether it may: if the other can't come, as where the runtime is being shut
    /// down, and nobody else will, it goes on.
    pub(super) fn let_go(&self) -> bool {
        let mut state = lock(&self.state);
        if state.is_starter_wanted(self.limit) {
            return false;
        }
        state.going_on -= 1;
        true
    }

    /// A driver was dropped on its way, as by the end of its runtime. Returns
    /// how many others are to be called for the futures that wait.
    pub(super) fn abandon(&self) -> usize {
        let mut state = lock(&self.state);
        state.going_on -= 1;
        state.call(self.kind, self.limit)
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
        let called = state.call(self.kind, self.limit);
        drop(state);
        drop(ended);
        called
    }

    /// A starter that was called won't come: its runtime is shut down. Ends the
    /// tasks that nobody will start.
    pub(super) fn desert(&self, starter: Starter) {
        let mut state = lock(&self.state);
        state.left_the_way(starter);
        Self::end_deserted(state);
    }

    /// There is no thread for a runner that was called: it is relied on no more,
    /// so that the next closures have another called. Returns whether the caller
    /// is to [`retry`](Self::retry) after a while, or to
    /// [`give_up`](Self::give_up).
    #[cold]
    pub(super) fn strand(&self) -> bool {
        let mut state = lock(&self.state);
        // None is on the way if it has arrived meanwhile, on a thread that
        // somebody else had made.
        if state.starting > 0 {
            state.left_the_way(Starter::Stealable);
            state.stranded += 1;
        }
        !std::mem::replace(&mut state.is_retried, true)
    }

    /// Returns how many runners are to be called for the closures that wait.
    pub(super) fn retry(&self) -> usize {
        let mut state = lock(&self.state);
        state.is_retried = false;
        state.call(self.kind, self.limit)
    }

    /// Nobody will retry: the runtime is shut down. Ends the tasks that nobody
    /// will start.
    pub(super) fn give_up(&self) {
        let mut state = lock(&self.state);
        state.is_retried = false;
        Self::end_deserted(state);
    }

    /// Ends the tasks that nobody will start, if nobody is there to do so.
    fn end_deserted(mut state: MutexGuard<'_, State>) {
        let mut lost = Vec::new();
        // Any other goes on, or calls again when it ends.
        if state.starting + state.going_on + state.taken == 0 {
            lost.extend(std::iter::from_fn(|| state.queue.pop(Claim::new)));
        }
        drop(state);
        for claim in lost {
            drop(Queued(Arc::clone(claim.task())));
        }
    }

    /// Returns the tasks that are being run.
    pub(super) fn running(&self) -> Vec<Arc<dyn Runnable>> {
        lock(&self.state).running_tasks().cloned().collect()
    }

    /// Returns the tasks that are being run and those that wait, `most` of them at
    /// most: requests wait for the lock meanwhile.
    pub(super) fn tasks(&self, most: usize) -> Vec<Arc<dyn Runnable>> {
        let state = lock(&self.state);
        let tasks = state.running_tasks().chain(state.queue.tasks());
        tasks.take(most).cloned().collect()
    }
}
