//! Running closures on threads for such.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::lane::Starter;
use super::lanes::Lanes;
use crate::events;
use crate::sys::{Handle, spawn_runner};
use crate::task::Between;

/// Calls runners for closures that wait.
pub(super) fn call(called: usize, lanes: &Arc<Lanes>, runtime: &Handle) {
    for _ in 0..called {
        let runner = Runner {
            lanes: Arc::clone(lanes),
            runtime: runtime.clone(),
            arrived: false,
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
    arrived: bool,
}

impl Runner {
    /// Runs closures until none waits.
    fn run(mut self) {
        self.arrived = true;
        let lane = &self.lanes.blocking;
        let mut between = Between::default();
        let mut next = lane.next(Some(Starter::Stealable), None);
        while let Some((begun, called)) = next {
            call(called, &self.lanes, &self.runtime);
            begun.claim.run(&mut between);
            next = lane.next(None, Some(begun));
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if !self.arrived {
            self.lanes.blocking.desert(Starter::Stealable);
        }
    }
}
