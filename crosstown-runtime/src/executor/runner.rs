//! Running closures on threads for such.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use super::chunk::Claim;
use super::lane::{Begun, Starter};
use super::lanes::Lanes;
use crate::events;
use crate::sys::{Handle, is_turn_over, pause, spawn_named, spawn_runner};
use crate::task::{Between, Queued};
use crate::unwind::drop_contained;

/// Calls runners for closures that wait.
pub(super) fn call(called: usize, lanes: &Arc<Lanes>, runtime: &Handle) {
    for _ in 0..called {
        let runner = Runner {
            lanes: Arc::clone(lanes),
            runtime: runtime.clone(),
            stage: Stage::Called,
            begun: None,
        };
        if let Err(payload) = spawn_runner(runtime, move || runner.run()) {
            strand(lanes, runtime, &*payload);
            drop_contained(payload);
        }
    }
}

/// There is no thread for a runner. What comes next calls another; if nothing
/// comes, a future does so after a while, and until then the log has heard of it.
#[cold]
fn strand(lanes: &Arc<Lanes>, runtime: &Handle, panic: &(dyn Any + Send)) {
    if !lanes.blocking.strand() {
        return;
    }
    events::no_thread(panic);
    let mut retry = Retry(Some(Arc::clone(lanes)));
    let again = runtime.clone();
    spawn_named(runtime, || "crosstown retry".into(), async move {
        pause().await;
        if let Some(lanes) = retry.0.take() {
            call(lanes.blocking.retry(), &lanes, &again);
        }
    });
}

/// Calls runners again after a while. Dropped before that, as by the end of its
/// runtime, it ends the tasks that nobody will run.
struct Retry(Option<Arc<Lanes>>);

impl Drop for Retry {
    fn drop(&mut self) {
        if let Some(lanes) = self.0.take() {
            lanes.blocking.give_up();
        }
    }
}

/// Runs closures on a thread of the pool. When its runtime drops it before it
/// has arrived there, as it does when it is shut down, the tasks that nobody
/// else will run end.
struct Runner {
    lanes: Arc<Lanes>,
    runtime: Handle,
    stage: Stage,
    /// The closure that is being run, or that has ended last.
    begun: Option<Begun>,
}

/// What a runner runs before others have its thread.
struct Turn {
    since: Instant,
    between: Between,
}

impl Turn {
    fn begin() -> Self {
        let since = Instant::now();
        let between = Between::before(since);
        Self { since, between }
    }

    /// Runs a closure. Returns whether the turn is over, by the time at which the
    /// closure ended: no clock is asked for it.
    fn run(&mut self, claim: &Claim) -> bool {
        claim.run(&mut self.between);
        let ended_at = self.between.ended_at();
        ended_at.is_some_and(|now| is_turn_over(self.since, now))
    }
}

enum Stage {
    Called,
    Running,
    Over,
}

impl Runner {
    /// Runs closures until none waits, or its turn is over: what the app itself
    /// has on the pool may wait for the thread.
    fn run(mut self) {
        let mut turn = None;
        let mut arrived = Some(Starter::Stealable);
        loop {
            let ended = self.begun.take();
            let next = self.lanes.blocking.next(arrived.take(), ended);
            let Some((begun, called)) = next else {
                self.stage = Stage::Over;
                return;
            };
            self.stage = Stage::Running;
            let begun = self.begun.insert(begun);
            call(called, &self.lanes, &self.runtime);
            if turn.get_or_insert_with(Turn::begin).run(&begun.claim) {
                if self.hand_over() {
                    self.stage = Stage::Over;
                    return;
                }
                turn = None;
            }
        }
    }

    /// Gives the place back and calls another runner for those that wait, which
    /// comes after all that waits for a thread already. Returns whether this one
    /// may go.
    #[cold]
    fn hand_over(&mut self) -> bool {
        let lane = &self.lanes.blocking;
        if let Some(Begun { place, claim }) = self.begun.take() {
            let called = lane.end(place);
            drop(claim);
            call(called, &self.lanes, &self.runtime);
        }
        lane.let_go()
    }

    /// Sees to what it leaves when something has unwound through it, which
    /// nothing should: its closure ends, and the others find a place and a
    /// runner.
    #[cold]
    fn give_up(&mut self) {
        let lane = &self.lanes.blocking;
        if let Some(Begun { place, claim }) = self.begun.take() {
            drop(Queued(Arc::clone(claim.task())));
            call(lane.end(place), &self.lanes, &self.runtime);
        }
        call(lane.abandon(), &self.lanes, &self.runtime);
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        match self.stage {
            Stage::Called => self.lanes.blocking.desert(Starter::Stealable),
            Stage::Running => self.give_up(),
            Stage::Over => {}
        }
    }
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Executor;
    use crate::executor::Limits;
    use crate::executor::chunk::Origin;
    use crate::executor::lanes::LanesByRuntime;
    use crate::outcome::{Outcome, Skip};
    use crate::sent::Report;
    use crate::task::{Registration, Task, Tasks};

    /// Adds closures. Returns how many runners are to be called.
    fn add<const N: usize>(lanes: &Lanes) -> (usize, [Registration; N]) {
        let origin = Origin {
            executor: Executor::new().into(),
            report: Report::without_response(Instant::now()),
            runtime: None,
        };
        let mut tasks = Tasks::NONE;
        let registrations = [(); N].map(|()| {
            let (task, registration) = Task::new(|| ()).registered_with(&origin.executor);
            tasks.push(task, Vec::new);
            registration
        });
        let (called, _) = lanes.blocking.push(tasks, origin, usize::MAX);
        (called, registrations)
    }

    /// A runtime, lanes of one place each, and two closures that wait there for
    /// a runner that is on the way.
    fn waiting() -> (tokio::runtime::Runtime, Arc<Lanes>, [Registration; 2]) {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let limits = Limits {
            blocking: 1,
            ..Limits::default()
        };
        let lanes = LanesByRuntime::default();
        let lanes = lanes.get(runtime.handle(), &limits).into_owned();
        let (called, tasks) = add(&lanes);
        assert_eq!(called, 1);
        (runtime, lanes, tasks)
    }

    /// The outcome of a task that ends within reason.
    fn outcome(runtime: &tokio::runtime::Runtime, task: &Registration) -> Outcome {
        let outcome = async { tokio::time::timeout(Duration::from_secs(30), task.outcome()).await };
        runtime.block_on(outcome).expect("something is lost")
    }

    #[test]
    fn a_runner_that_something_unwinds_through_ends_its_task_and_has_the_next_one_run() {
        let (runtime, lanes, [first, second]) = waiting();
        let next = lanes.blocking.next(Some(Starter::Stealable), None);
        let (begun, called) = next.expect("two wait");
        assert_eq!(called, 0, "there is one place");
        drop(Runner {
            lanes: Arc::clone(&lanes),
            runtime: runtime.handle().clone(),
            stage: Stage::Running,
            begun: Some(begun),
        });
        let lost = Outcome::Skipped(Skip::ShutDown);
        assert_eq!(outcome(&runtime, &first), lost);
        assert_eq!(outcome(&runtime, &second), Outcome::Completed);
    }

    #[test]
    fn closures_whose_runner_found_no_thread_are_run_when_more_come() {
        let (_runtime, lanes, _tasks) = waiting();
        let lane = &lanes.blocking;
        assert!(lane.strand(), "somebody is to try again");
        assert_eq!(add::<1>(&lanes).0, 1, "another runner is called");
        assert_eq!(add::<1>(&lanes).0, 0, "and that is enough");
        // The one that found no thread may come by that of the other.
        let (begun, called) = lane.next(Some(Starter::Stealable), None).expect("a task");
        assert_eq!(called, 0, "there is one place");
        assert!(lane.next(Some(Starter::Stealable), None).is_none());
        let (begun, _) = lane.next(None, Some(begun)).expect("the next task");
        // It found a thread after all, before this was said.
        assert!(!lane.strand(), "somebody tries again already");
        assert_eq!(lane.retry(), 0, "who goes on is enough");
        assert_eq!(lane.end(begun.place), 1);
    }

    #[test]
    fn closures_whose_runner_found_no_thread_are_tried_again() {
        let (runtime, lanes, tasks) = waiting();
        strand(&lanes, runtime.handle(), &"no thread is left");
        for task in &tasks {
            assert_eq!(outcome(&runtime, task), Outcome::Completed);
        }
    }
}
