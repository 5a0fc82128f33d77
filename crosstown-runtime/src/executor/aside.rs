//! Who is being run outside of all lanes.

use std::sync::Arc;

use super::roll::{Place, Roll};
use super::sharded::Sharded;
use crate::lock::lock;
use crate::sys::Mutex;
use crate::task::Runnable;

/// The tasks that have a thread, or whatever they wait for, outside of all
/// lanes.
#[derive(Default)]
pub(super) struct Aside {
    lists: Sharded<Mutex<Roll>>,
}

/// A task's place on its list, until it is dropped.
pub(super) struct Listed<'a> {
    list: &'a Mutex<Roll>,
    place: Place,
}

impl Aside {
    pub(super) fn list(&self, task: &Arc<dyn Runnable>) -> Listed<'_> {
        let list = self.lists.mine();
        Listed {
            list,
            place: lock(list).enter(task),
        }
    }

    pub(super) fn tasks(&self) -> Vec<Arc<dyn Runnable>> {
        let mut tasks = Vec::new();
        for list in self.lists.all() {
            tasks.extend(lock(list).tasks().cloned());
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
