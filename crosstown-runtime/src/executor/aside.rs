//! Who is outside of all lanes.

use std::sync::Arc;

use super::chunk::Chunk;
use super::sharded::{Sharded, here};
use super::slab::{Place, Slab};
use crate::lock::lock;
use crate::sys::Mutex;
use crate::task::Runnable;

/// Tasks outside of all lanes: those that have a thread or are next on one, or
/// those that wait for their gate.
#[derive(Default)]
pub(super) struct Aside {
    lists: Sharded<Mutex<Slab<Arc<Chunk>>>>,
}

/// The place of some tasks on their list.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    list: usize,
    place: Place,
}

impl Aside {
    /// Lists tasks until [`leave`](Self::leave) is told of their place.
    pub(super) fn enter(&self, tasks: &Arc<Chunk>) -> Spot {
        let list = here();
        let place = lock(self.lists.at(list)).enter(Arc::clone(tasks));
        Spot { list, place }
    }

    pub(super) fn leave(&self, spot: Spot) {
        let left = lock(self.lists.at(spot.list)).leave(spot.place);
        drop(left);
    }

    /// Returns `most` tasks at most that `is_wanted` says yes to. It is asked under
    /// a lock.
    pub(super) fn tasks(
        &self,
        most: usize,
        is_wanted: impl Fn(&Arc<dyn Runnable>) -> bool,
    ) -> Vec<Arc<dyn Runnable>> {
        let mut tasks = Vec::new();
        for list in self.lists.all() {
            let list = lock(list);
            let wanted = list.all().flat_map(|chunk| chunk.tasks());
            let wanted = wanted.filter(|task| is_wanted(task));
            tasks.extend(wanted.take(most - tasks.len()).cloned());
        }
        tasks
    }
}
