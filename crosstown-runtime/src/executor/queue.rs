//! Tasks that are due and wait for a place to run: in order, and fair between
//! responses.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::chunk::{Chunk, Origin, Rest};
use crate::task::{Runnable, Tasks};

/// The due tasks of one response, or what is left of them.
pub(super) struct Batch {
    /// Those that are next.
    chunk: Arc<Chunk>,
    /// How many of the chunk are claimed.
    claimed: usize,
    rest: Rest,
    /// The response, if those that come late are among them.
    late: Option<Instant>,
}

/// Tasks that came late, by their response.
type Late = HashMap<Instant, VecDeque<Arc<Chunk>>>;

/// For how many responses an empty queue keeps room. What a peak took beyond
/// that is given back after it.
const ROOM_KEPT: usize = 256;

/// Due tasks. Each response in turn gives one, the first come first; the tasks
/// of one response come in registration order.
///
/// A response has one batch for each phase at which tasks of it become due
/// together, and one for all that come late, alone: registered after their phase,
/// or held by a gate.
#[derive(Default)]
pub(super) struct FairQueue {
    batches: VecDeque<Batch>,
    /// An entry for each batch of such that came late: what is behind its chunk.
    late: Late,
    len: usize,
}

impl Batch {
    fn new(tasks: Tasks, origin: Origin) -> Self {
        let (chunk, rest) = Chunk::first_of(tasks, origin);
        Self {
            chunk,
            claimed: 0,
            rest,
            late: None,
        }
    }

    /// Goes on to the next task. Returns whether there is none.
    fn advance(&mut self, late: &mut Late) -> bool {
        self.claimed += 1;
        if self.claimed < self.chunk.tasks().len() {
            return false;
        }
        let next = self.chunk.next_of(&mut self.rest);
        let next = next.or_else(|| next_late(late, self.late?));
        match next {
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
    pub(super) fn push(&mut self, tasks: Tasks, origin: Origin) {
        if tasks.is_empty() {
            return;
        }
        self.len += tasks.len();
        if origin.report.is_late {
            return self.push_late(tasks, origin);
        }
        self.batches.push_back(Batch::new(tasks, origin));
    }

    /// Adds tasks behind those of their response that came late as well.
    #[cold]
    fn push_late(&mut self, tasks: Tasks, origin: Origin) {
        let response = origin.report.response();
        match self.late.entry(response) {
            Entry::Occupied(others) => others.into_mut().extend(Chunk::all_of(tasks, origin)),
            Entry::Vacant(none) => {
                none.insert(VecDeque::new());
                let mut batch = Batch::new(tasks, origin);
                batch.late = Some(response);
                self.batches.push_back(batch);
            }
        }
    }

    /// Has `claim` claim the next task, by its chunk and its index there.
    pub(super) fn pop<R>(&mut self, claim: impl FnOnce(&Arc<Chunk>, usize) -> R) -> Option<R> {
        let batch = self.batches.front_mut()?;
        let claimed = claim(&batch.chunk, batch.claimed);
        self.len -= 1;
        if !batch.advance(&mut self.late) {
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

    /// Reads all tasks.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &Arc<dyn Runnable>> {
        let late = self.late.values().flatten();
        let late = late.flat_map(|chunk| chunk.tasks());
        self.batches.iter().flat_map(Batch::tasks).chain(late)
    }
}

/// The next tasks of a response that came late. If there are none, its entry goes
/// with its batch.
#[cold]
fn next_late(late: &mut Late, response: Instant) -> Option<Arc<Chunk>> {
    let next = late.get_mut(&response)?.pop_front();
    if next.is_none() {
        late.remove(&response);
        if late.is_empty() && late.capacity() > ROOM_KEPT {
            *late = HashMap::new();
        }
    }
    next
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Executor;
    use crate::executor::{Claim, Home};
    use crate::sent::Report;
    use crate::task::Task;

    #[test]
    fn what_a_peak_took_is_given_back() {
        let home = Home::from(Executor::new());
        let start = Instant::now();
        for is_late in [false, true] {
            let mut queue = FairQueue::default();
            // As many responses, with two tasks each.
            let mut fill = |responses: u32| {
                for number in (0..responses).chain(0..responses) {
                    let now = start + Duration::from_nanos(number.into());
                    let report = Report {
                        is_late,
                        ..Report::without_response(now)
                    };
                    let origin = Origin {
                        executor: home.clone(),
                        report,
                        runtime: None,
                    };
                    let (task, _) = Task::new(|| ()).registered_with(&home);
                    queue.push(task.into(), origin);
                }
                assert_eq!(queue.tasks().count(), 2 * responses as usize);
                while queue.pop(Claim::new).is_some() {}
                (queue.batches.capacity(), queue.late.capacity())
            };
            let (batches, late) = fill(64);
            assert!(batches > 0, "a little is kept");
            assert_eq!(late > 0, is_late);
            let (batches, late) = fill(4 * ROOM_KEPT as u32);
            assert!(
                batches <= ROOM_KEPT && late <= ROOM_KEPT,
                "{batches}, {late}"
            );
        }
    }
}
