//! Who is being run outside of all lanes.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::roll::{Place, Roll};
use crate::lock::lock;
use crate::sys::{LISTS, Mutex, per_thread};
use crate::task::Runnable;

/// The tasks that have a thread, or whatever they wait for, outside of all
/// lanes. In several lists, so that threads which serve requests seldom meet at
/// a lock.
#[derive(Default)]
pub(super) struct Aside {
    lists: [List; LISTS],
}

/// A list on a cache line of its own.
#[derive(Default)]
#[repr(align(64))]
struct List(Mutex<Roll>);

/// A task's place on its list, until it is dropped.
pub(super) struct Listed<'a> {
    list: &'a List,
    place: Place,
}

per_thread!(LIST: Cell<Option<usize>> = Cell::new(None));

/// The number of this thread's list.
fn here() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    let number = LIST.try_with(|list| match list.get() {
        Some(number) => number,
        None => {
            let number = THREADS.fetch_add(1, Ordering::Relaxed) % LISTS;
            list.set(Some(number));
            number
        }
    });
    // A thread that is ending takes the first.
    number.unwrap_or(0)
}

impl Aside {
    pub(super) fn list(&self, task: &Arc<dyn Runnable>) -> Listed<'_> {
        let list = &self.lists[here()];
        Listed {
            list,
            place: lock(&list.0).enter(task),
        }
    }

    pub(super) fn tasks(&self) -> Vec<Arc<dyn Runnable>> {
        let mut tasks = Vec::new();
        for list in &self.lists {
            tasks.extend(lock(&list.0).tasks().cloned());
        }
        tasks
    }
}

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        let left = lock(&self.list.0).leave(self.place);
        drop(left);
    }
}
