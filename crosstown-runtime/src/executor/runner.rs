//! Running closures on threads for such.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::lane::{Begun, Starter};
use super::lanes::Lanes;
use crate::events;
use crate::sys::{Handle, spawn_runner};
use crate::task::{Between, Queued};

/// Calls runners for closures that wait.
pub(super) fn call(called: usize, lanes: &Arc<Lanes>, runtime: &Handle) {
    for _ in 0..called {
        let runner = Runner {
            lanes: Arc::clone(lanes),
            runtime: runtime.clone(),
            stage: Stage::Called,
            begun: None,
        };
        let run = move || runner.run();
        // tokio panics when the system has no thread left for an empty pool.
        let spawned = catch_unwind(AssertUnwindSafe(|| spawn_runner(runtime, run)));
        if let Err(payload) = spawned {
            events::no_thread(&*payload);
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

enum Stage {
    Called,
    Running,
    Over,
}

impl Runner {
    /// Runs closures until none waits.
    fn run(mut self) {
        let mut between = Between::default();
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
            begun.claim.run(&mut between);
        }
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
    use std::time::{Duration, Instant};

    use super::*;
    use crate::Executor;
    use crate::executor::Limits;
    use crate::executor::lanes::LanesByRuntime;
    use crate::outcome::{Outcome, Skip};
    use crate::scope::context::Origin;
    use crate::sent::Report;
    use crate::task::{Registration, Task, Tasks};

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
        let origin = Origin {
            executor: Executor::new().into(),
            report: Report::without_response(Instant::now()),
            runtime: None,
        };
        let mut tasks = Tasks::NONE;
        let registrations = [(); 2].map(|()| {
            let (task, registration) = Task::new(|| ()).registered_with(&origin.executor);
            tasks.push(task, Vec::new);
            registration
        });
        let (called, overflow) = lanes.blocking.push(tasks, origin, usize::MAX);
        assert!(called == 1 && overflow.is_none());
        (runtime, lanes, registrations)
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
}
