//! Tasks of one response, in registration order.

use std::mem;
use std::ptr;
use std::sync::Arc;

use super::room;
use super::runnable::Runnable;
use crate::options::Options;

/// Tasks of one response, in registration order.
#[derive(Default)]
pub(crate) struct TaskList {
    tasks: Vec<Arc<dyn Runnable>>,
    /// What was found when all were looked at; none is added since.
    common: Option<Common>,
}

/// What tasks have in common.
#[derive(Clone, Copy)]
enum Common {
    Nothing,
    Kind(Kind),
}

/// What decides about a task without extras.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) options: &'static Options,
    /// See [`Runnable::is_blocking`].
    pub(crate) is_blocking: bool,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.options, other.options) && self.is_blocking == other.is_blocking
    }
}

impl Kind {
    /// The kind of a task; `None` where its options are its own.
    fn of(task: &dyn Runnable) -> Option<Self> {
        Some(Self {
            options: task.header().options.shared()?,
            is_blocking: task.is_blocking(),
        })
    }

    /// The kind of all tasks, if it is the same.
    fn of_all(tasks: &[Arc<dyn Runnable>]) -> Option<Self> {
        let (first, others) = tasks.split_first()?;
        let kind = Self::of(&**first)?;
        let alike = others.iter().all(|task| Self::of(&**task) == Some(kind));
        alike.then_some(kind)
    }
}

impl TaskList {
    /// Makes an empty list with room for some tasks.
    #[inline]
    pub(crate) fn with_room() -> Self {
        Self {
            tasks: room::take(),
            common: None,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, task: Arc<dyn Runnable>) {
        self.common = None;
        self.tasks.push(task);
    }

    /// The kind of all tasks, if they have one in common, as those of a loop
    /// have: then what holds for one of them holds for each.
    pub(crate) fn common(&mut self) -> Option<Kind> {
        let look = || match Kind::of_all(&self.tasks) {
            Some(kind) => Common::Kind(kind),
            None => Common::Nothing,
        };
        match *self.common.get_or_insert_with(look) {
            Common::Kind(kind) => Some(kind),
            Common::Nothing => None,
        }
    }

    /// Keeps those that `keep` says yes to, asked in order.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Arc<dyn Runnable>) -> bool) {
        self.tasks.retain(|task| keep(task));
    }

    /// Takes out those that `leaves` says yes to.
    pub(crate) fn extract(&mut self, mut leaves: impl FnMut(&Arc<dyn Runnable>) -> bool) -> Self {
        Self {
            tasks: self.tasks.extract_if(.., |task| leaves(task)).collect(),
            common: None,
        }
    }

    /// Takes the first task out.
    pub(crate) fn take_first(&mut self) -> Option<Arc<dyn Runnable>> {
        (!self.is_empty()).then(|| self.tasks.remove(0))
    }

    /// The tasks, without the room of the list, if that is worth keeping.
    pub(crate) fn into_vec(mut self) -> Vec<Arc<dyn Runnable>> {
        if room::is_worth_keeping(&self.tasks) {
            self.tasks.drain(..).collect()
        } else {
            mem::take(&mut self.tasks)
        }
    }

    /// Takes all tasks out, in order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Arc<dyn Runnable>> {
        self.tasks.drain(..)
    }

    pub(crate) fn as_slice(&self) -> &[Arc<dyn Runnable>] {
        &self.tasks
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

impl Drop for TaskList {
    #[inline]
    fn drop(&mut self) {
        if self.tasks.is_empty() && room::is_worth_keeping(&self.tasks) {
            room::keep(mem::take(&mut self.tasks));
        }
    }
}

impl From<Arc<dyn Runnable>> for TaskList {
    fn from(task: Arc<dyn Runnable>) -> Self {
        Self {
            tasks: vec![task],
            common: None,
        }
    }
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::thread;

    use super::*;
    use crate::task::Task;

    /// The room for the next list on a thread whose last one had some tasks.
    fn room_after(tasks: usize, hand_out: fn(TaskList)) -> usize {
        let next = move || {
            let mut list = TaskList::with_room();
            (0..tasks).for_each(|_| list.push(Task::new(|| ()).task));
            hand_out(list);
            room::take().capacity()
        };
        thread::spawn(next).join().expect("no panic")
    }

    #[test]
    fn a_thread_keeps_a_list_that_has_grown_unless_by_too_much() {
        let ways: [fn(TaskList); 2] = [
            |list| drop(list.into_vec()),
            |mut list| list.drain().for_each(drop),
        ];
        for hand_out in ways {
            for (tasks, room) in [(1, 8), (8, 8), (9, 16), (256, 256), (257, 8)] {
                assert_eq!(room_after(tasks, hand_out), room, "after {tasks} tasks");
            }
        }
    }
}
