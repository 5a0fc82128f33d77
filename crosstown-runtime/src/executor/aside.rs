//! Who is being run outside of all lanes.

use std::sync::Arc;

use super::chunk::Chunk;
use super::roll::{Place, Roll};
use super::sharded::Sharded;
use crate::lock::lock;
use crate::sys::Mutex;
use crate::task::Runnable;

/// The tasks that have a thread, are next on one, or wait for their gate,
/// outside of all lanes.
#[derive(Default)]
pub(super) struct Aside {
    lists: Sharded<Mutex<Roll<Arc<Chunk>>>>,
}

/// The place of some tasks on their list, until it is dropped.
pub(super) struct Listed<'a> {
    list: &'a Mutex<Roll<Arc<Chunk>>>,
    place: Place,
}

impl Aside {
    pub(super) fn list(&self, tasks: &Arc<Chunk>) -> Listed<'_> {
        let list = self.lists.mine();
        Listed {
            list,
            place: lock(list).enter(Arc::clone(tasks)),
        }
    }

    pub(super) fn tasks(&self) -> Vec<Arc<dyn Runnable>> {
        let mut tasks = Vec::new();
        for list in self.lists.all() {
            for chunk in lock(list).all() {
                tasks.extend_from_slice(chunk.tasks());
            }
        }
        tasks
    }
}

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        let left = lock(self.list).leave(self.place);
        drop(left);
    }
}
