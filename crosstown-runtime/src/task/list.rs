//! What waits for one response.

use std::mem;
use std::ptr;
use std::sync::Arc;

use super::room;
use super::runnable::Runnable;
use super::tasks::Tasks;
use crate::options::Options;

/// What has ended is looked for in lists that are at least as long: to keep a few
/// is cheaper.
pub(crate) const SWEPT_FROM: usize = 64;

/// The tasks that wait for one response, in registration order.
#[derive(Default)]
pub(crate) struct TaskList {
    tasks: Tasks,
    /// What was found when all were looked at; none is added since.
    common: Option<Common>,
    /// How long a list is left as it is, whatever has ended; see
    /// [`sweep`](Self::sweep).
    unswept: usize,
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
    #[inline]
    pub(crate) fn push(&mut self, task: Arc<dyn Runnable>) {
        self.common = None;
        self.tasks.push(task, room::take);
    }

    /// Whether the list must grow for another task.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        matches!(&self.tasks, Tasks::List(list) if list.len() == list.capacity())
    }

    /// Takes those that have ended out of a list that is full, unless it is less
    /// than four times as long as it was after the last time: so that each task is
    /// looked at seldom, and no more than thrice as many as wait have ended.
    pub(crate) fn sweep(&mut self) -> Self {
        let Tasks::List(list) = &mut self.tasks else {
            return Self::default();
        };
        if list.len() < self.unswept.max(SWEPT_FROM) {
            return Self::default();
        }
        let ended = list.extract_if(.., |task| task.header().has_ended());
        let ended = ended.collect::<Vec<_>>();
        self.unswept = list.len().saturating_mul(4);
        // Room for as many again, as a list has that grows.
        let room = SWEPT_FROM.max(list.len());
        list.shrink_to(list.len() + room);
        list.reserve(room);
        ended.into()
    }

    /// The kind of all tasks, if they have one in common, as those of a loop
    /// have: then what holds for one of them holds for each.
    #[inline]
    pub(crate) fn common(&mut self) -> Option<Kind> {
        match self.common.unwrap_or_else(|| self.look()) {
            Common::Kind(kind) => Some(kind),
            Common::Nothing => None,
        }
    }

    #[inline(never)]
    fn look(&mut self) -> Common {
        let common = match Kind::of_all(self.tasks.as_slice()) {
            Some(kind) => Common::Kind(kind),
            None => Common::Nothing,
        };
        self.common = Some(common);
        common
    }

    /// Keeps those that `keep` says yes to, asked in order.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Arc<dyn Runnable>) -> bool) {
        self.tasks.retain(keep);
    }

    /// Takes out those that `leaves` says yes to, asked in order.
    pub(crate) fn extract(&mut self, leaves: impl FnMut(&Arc<dyn Runnable>) -> bool) -> Self {
        self.tasks.extract(leaves).into()
    }

    /// Takes the first task out.
    pub(crate) fn take_first(&mut self) -> Option<Arc<dyn Runnable>> {
        let mut is_first = true;
        let mut first = self.tasks.extract(|_| mem::take(&mut is_first));
        first.drain().next()
    }

    /// The tasks, without the room of their list, if that is worth keeping.
    pub(crate) fn into_tasks(mut self) -> Tasks {
        match &mut self.tasks {
            Tasks::List(list) if room::is_worth_keeping(list) => {
                let mut tasks = Vec::with_capacity(list.len());
                tasks.append(list);
                tasks.into()
            }
            tasks => tasks.take(),
        }
    }

    /// Takes all tasks out, in order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Arc<dyn Runnable>> {
        self.tasks.drain()
    }

    pub(crate) fn as_slice(&self) -> &[Arc<dyn Runnable>] {
        self.tasks.as_slice()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }
}

impl Drop for TaskList {
    #[inline]
    fn drop(&mut self) {
        if let Tasks::List(list) = &mut self.tasks
            && list.is_empty()
            && room::is_worth_keeping(list)
        {
            room::keep(mem::take(list));
        }
    }
}

impl<T: Into<Tasks>> From<T> for TaskList {
    fn from(tasks: T) -> Self {
        Self {
            tasks: tasks.into(),
            common: None,
            unswept: 0,
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
            let mut list = TaskList::default();
            (0..tasks).for_each(|_| list.push(Task::new(|| ()).task));
            hand_out(list);
            room::take().capacity()
        };
        thread::spawn(next).join().expect("no panic")
    }

    #[test]
    fn a_thread_keeps_a_list_that_has_grown_unless_by_too_much() {
        let ways: [fn(TaskList); 2] = [
            |list| drop(list.into_tasks()),
            |mut list| list.drain().for_each(drop),
        ];
        for hand_out in ways {
            for (tasks, room) in [(1, 8), (8, 8), (9, 16), (256, 256), (257, 8)] {
                assert_eq!(room_after(tasks, hand_out), room, "after {tasks} tasks");
            }
        }
    }
}
