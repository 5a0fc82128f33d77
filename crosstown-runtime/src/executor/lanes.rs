//! The lanes of each runtime.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

use once_cell::sync::OnceCell;

use super::builder::Limits;
use super::lane::{Kind, Lane};
use crate::lock::lock;
use crate::sys::{Handle, Id, Mutex, has_one_worker, per_thread};

/// Both kinds of tasks on one runtime.
pub(super) struct Lanes {
    pub(super) blocking: Lane,
    pub(super) asynchronous: Lane,
}

/// The lanes of each runtime that an executor has met. A task runs on the
/// runtime that served its response, and on no other.
#[derive(Default)]
pub(super) struct LanesByRuntime {
    /// Those of the first runtime, found without a lock: most apps have one.
    first: OnceCell<(Id, Arc<Lanes>)>,
    /// Those of the others, as long as somebody holds them.
    others: Arc<Others>,
}

type Others = Mutex<HashMap<Id, Weak<Lanes>>>;

/// What a thread has found last among the others: where each core has a runtime
/// of its own, all that it ever will, and no other thread is waited for.
struct Found {
    /// Among whose: an address that no other executor has while this is known.
    others: Weak<Others>,
    id: Id,
    lanes: Arc<Lanes>,
}

// One for each thread, until it finds others or ends.
per_thread!(FOUND: Cell<Option<Found>> = Cell::new(None));

impl Lanes {
    fn new(runtime: &Handle, limits: &Limits) -> Arc<Self> {
        let futures = if has_one_worker(runtime) {
            Kind::FuturesOfOneWorker
        } else {
            Kind::Futures
        };
        Arc::new(Self {
            blocking: Lane::new(Kind::Closures, limits.blocking),
            asynchronous: Lane::new(futures, limits.asynchronous),
        })
    }
}

impl LanesByRuntime {
    /// Returns the lanes of a runtime. Those of the first are lent: all threads
    /// would count their owners.
    pub(super) fn get(&self, runtime: &Handle, limits: &Limits) -> Cow<'_, Arc<Lanes>> {
        let id = runtime.id();
        let (first, lanes) = self.first.get_or_init(|| (id, Lanes::new(runtime, limits)));
        if *first == id {
            return Cow::Borrowed(lanes);
        }
        Cow::Owned(self.other(runtime, limits))
    }

    fn other(&self, runtime: &Handle, limits: &Limits) -> Arc<Lanes> {
        let id = runtime.id();
        // The thread may be about to end.
        let found = FOUND.try_with(Cell::take).ok().flatten();
        let found = found.filter(|found| {
            found.id == id && std::ptr::eq(found.others.as_ptr(), Arc::as_ptr(&self.others))
        });
        let found = found.unwrap_or_else(|| Found {
            others: Arc::downgrade(&self.others),
            id,
            lanes: self.look_up(runtime, limits),
        });
        let lanes = Arc::clone(&found.lanes);
        _ = FOUND.try_with(|cell| cell.set(Some(found)));
        lanes
    }

    fn look_up(&self, runtime: &Handle, limits: &Limits) -> Arc<Lanes> {
        let id = runtime.id();
        let mut others = lock(&self.others);
        if let Some(lanes) = others.get(&id).and_then(Weak::upgrade) {
            return lanes;
        }
        // A runtime that is gone leaves an entry; the next newcomer clears it.
        others.retain(|_, lanes| lanes.strong_count() > 0);
        let lanes = Lanes::new(runtime, limits);
        others.insert(id, Arc::downgrade(&lanes));
        lanes
    }

    /// Returns the lanes of all runtimes.
    pub(super) fn all(&self) -> Vec<Arc<Lanes>> {
        let others = lock(&self.others);
        let others = others.values().filter_map(Weak::upgrade);
        let first = self.first.get().map(|(_, lanes)| Arc::clone(lanes));
        first.into_iter().chain(others).collect()
    }
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime")
    }

    #[test]
    fn runtimes_that_are_gone_leave_nothing_behind_that_grows() {
        let (lanes, limits) = (LanesByRuntime::default(), Limits::default());
        for _ in 0..20 {
            let runtime = runtime();
            let these = lanes.get(runtime.handle(), &limits);
            assert!(Arc::ptr_eq(&these, &lanes.get(runtime.handle(), &limits)));
        }
        // The first's, and those that this thread has found last.
        assert_eq!(lanes.all().len(), 2);
        drop(FOUND.take());
        assert_eq!(lanes.all().len(), 1);
        assert_eq!(lock(&lanes.others).len(), 1);
    }

    #[test]
    fn a_thread_that_has_found_some_finds_others() {
        let limits = Limits::default();
        let executors = [LanesByRuntime::default(), LanesByRuntime::default()];
        let runtimes = [runtime(), runtime(), runtime()];
        let find = |[executor, on]: [usize; 2]| {
            let lanes = &executors[executor];
            lanes.get(runtimes[on].handle(), &limits).into_owned()
        };
        let all = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]];
        let known = all.map(find);
        // Each after each: of another executor, on another runtime, and both.
        for before in all {
            for (wanted, known) in all.into_iter().zip(&known) {
                find(before);
                assert!(
                    Arc::ptr_eq(&find(wanted), known),
                    "{wanted:?} after {before:?}"
                );
            }
        }
        for (number, lanes) in known.iter().enumerate() {
            let same = known.iter().position(|other| Arc::ptr_eq(lanes, other));
            assert_eq!(same, Some(number), "two have the same");
        }
    }
}
