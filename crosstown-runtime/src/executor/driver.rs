//! Driving futures: of several, a few tasks of the runtime's poll each for the
//! first time, one after another. What is ready at once has cost no task of its
//! own; what is not goes on as one, as a future alone does from its start.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::lanes::Lanes;
use super::queue::Ready;
use super::roll::Place;
use crate::scope::context::Origin;
use crate::sys::{FIRST_POLLS_A_TURN, Handle, spawn_named, yield_now};
use crate::task::{BoxedFuture, Header, Queued};

/// Starts the futures that wait, if places are free: one alone as a task of its
/// own, several by drivers.
///
/// By two, since tokio lets no other worker take the task that this one has
/// spawned last, for as long as this one is busy.
pub(super) fn start(lanes: &Arc<Lanes>, runtime: &Handle) {
    match lanes.asynchronous.begin_or_call(2) {
        Ok((place, ready)) => {
            let slot = Slot::new(place, lanes, &ready);
            spawn(ready, slot);
        }
        Err(called) => call_some(called, lanes, runtime),
    }
}

fn call_some(called: usize, lanes: &Arc<Lanes>, runtime: &Handle) {
    for _ in 0..called {
        let driver = Driver {
            lanes: Arc::clone(lanes),
            runtime: runtime.clone(),
            stage: Stage::Called,
        };
        let name = || "crosstown driver".into();
        spawn_named(runtime, name, driver.drive());
    }
}

/// Starts a future beyond the limit.
pub(super) fn exceed(lanes: &Arc<Lanes>, ready: Ready) {
    let place = lanes.asynchronous.exceed(&ready.task);
    let mut slot = Slot::new(place, lanes, &ready);
    slot.exceeds = true;
    spawn(ready, slot);
}

/// Starts a future as a task of its own.
fn spawn(ready: Ready, slot: Slot) {
    let task = Arc::clone(&ready.task);
    if let Some(future) = ready.start() {
        go_on(task.header(), future, slot);
    }
}

/// Leaves a future to the runtime.
fn go_on(task: &Header, future: BoxedFuture, slot: Slot) {
    let origin = Arc::clone(&slot.origin);
    let Some(runtime) = &origin.runtime else {
        return;
    };
    let name = || task.options.name();
    spawn_named(runtime, name, async move {
        future.await;
        drop(slot);
    });
}

/// Polls futures for the first time.
struct Driver {
    lanes: Arc<Lanes>,
    runtime: Handle,
    stage: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Called,
    Driving,
    Over,
}

impl Driver {
    /// Goes on until no future waits, or no place is free.
    async fn drive(mut self) {
        let mut ended = None;
        let mut polled = 0;
        loop {
            let just_arrived = self.stage == Stage::Called;
            let next = self.lanes.asynchronous.next(just_arrived, ended);
            let Some((place, ready, called)) = next else {
                self.stage = Stage::Over;
                return;
            };
            self.stage = Stage::Driving;
            call_some(called, &self.lanes, &self.runtime);
            ended = self.start(place, ready).await;
            polled += 1;
            if polled == FIRST_POLLS_A_TURN {
                polled = 0;
                // The place is not kept while others have their turn.
                if let Some(place) = ended.take() {
                    let called = self.lanes.asynchronous.end(place);
                    call_some(called, &self.lanes, &self.runtime);
                }
                yield_now().await;
            }
        }
    }

    /// Polls a future once. Returns its place, if it has ended.
    async fn start(&self, place: Place, ready: Ready) -> Option<Place> {
        let mut slot = Slot::new(place, &self.lanes, &ready);
        let task = Arc::clone(&ready.task);
        let Some(mut future) = ready.start() else {
            return slot.place.take();
        };
        let poll = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
        if poll.is_ready() {
            return slot.place.take();
        }
        go_on(task.header(), future, slot);
        None
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let lane = &self.lanes.asynchronous;
        match self.stage {
            Stage::Over => {}
            // Its runtime is being shut down.
            Stage::Driving => call_some(lane.abandon(), &self.lanes, &self.runtime),
            Stage::Called => {
                for ready in lane.desert() {
                    drop(Queued(ready.task));
                }
            }
        }
    }
}

/// The place of a future. Dropped with it, it has the next one started.
struct Slot {
    /// Taken when the driver gives it back by itself.
    place: Option<Place>,
    lanes: Arc<Lanes>,
    origin: Arc<Origin>,
    /// Whether it is beyond the limit, so that nobody waits for it.
    exceeds: bool,
}

impl Slot {
    fn new(place: Place, lanes: &Arc<Lanes>, ready: &Ready) -> Self {
        Self {
            place: Some(place),
            lanes: Arc::clone(lanes),
            origin: Arc::clone(&ready.origin),
            exceeds: false,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(place) = self.place.take() else {
            return;
        };
        let lane = &self.lanes.asynchronous;
        if self.exceeds {
            return lane.end_exceeding(place);
        }
        let called = lane.end(place);
        if let Some(runtime) = &self.origin.runtime {
            call_some(called, &self.lanes, runtime);
        }
    }
}
