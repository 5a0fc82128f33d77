//! Driving futures: of several, a few tasks of the runtime's poll each for the
//! first time, one after another. What is ready at once has cost no task of its
//! own; what is not goes on as one, as a future alone does from its start.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::chunk::Claim;
use super::lane::{Begun, Starter};
use super::lanes::Lanes;
use super::slab::Place;
use crate::sys::{FIRST_POLLS_A_TURN, Handle, spawn_named, yield_now};
use crate::task::{BoxedFuture, Header};

/// Starts a future that was begun alone, as a task of its own, or calls drivers.
pub(super) fn start(begun: Result<Begun, usize>, lanes: &Arc<Lanes>, runtime: &Handle) {
    match begun {
        Ok(Begun { place, claim }) => spawn(&claim, Slot::new(place, lanes, runtime)),
        Err(called) => call_some(called, lanes, runtime),
    }
}

fn call_some(called: usize, lanes: &Arc<Lanes>, runtime: &Handle) {
    for left in (0..called).rev() {
        let starter = if left > 0 {
            Starter::Stealable
        } else {
            Starter::Kept
        };
        let driver = Driver {
            lanes: Arc::clone(lanes),
            runtime: runtime.clone(),
            stage: Stage::Called(starter),
            begun: None,
            spare: None,
        };
        let name = || "crosstown driver".into();
        spawn_named(runtime, name, driver.drive());
    }
}

/// Starts a future beyond the limit.
pub(super) fn exceed(lanes: &Arc<Lanes>, runtime: &Handle, claim: &Claim) {
    let place = lanes.asynchronous.exceed(claim);
    let mut slot = Slot::new(place, lanes, runtime);
    slot.exceeds = true;
    spawn(claim, slot);
}

/// Starts a future as a task of its own.
fn spawn(claim: &Claim, slot: Slot) {
    if let Some(future) = claim.future(None) {
        go_on(claim.task().header(), future, slot);
    }
}

/// Leaves a future to the runtime.
fn go_on(task: &Header, future: BoxedFuture, slot: Slot) {
    let runtime = slot.runtime.clone();
    let name = || task.options.name();
    spawn_named(&runtime, name, async move {
        future.await;
        drop(slot);
    });
}

/// Polls futures for the first time.
struct Driver {
    lanes: Arc<Lanes>,
    runtime: Handle,
    stage: Stage,
    /// The future that is being polled, or that has ended last.
    begun: Option<Begun>,
    /// The future of a task that has ended, to be made that of the next.
    spare: Option<BoxedFuture>,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Called(Starter),
    Driving,
    Over,
}

impl Driver {
    /// Goes on until no future waits, or no place is free.
    async fn drive(mut self) {
        let mut polled = 0;
        loop {
            let arrived = match self.stage {
                Stage::Called(starter) => Some(starter),
                Stage::Driving | Stage::Over => None,
            };
            let ended = self.begun.take();
            let next = self.lanes.asynchronous.next(arrived, ended);
            let Some((begun, called)) = next else {
                self.stage = Stage::Over;
                return;
            };
            self.stage = Stage::Driving;
            self.begun = Some(begun);
            if called > 0 {
                call_some(called, &self.lanes, &self.runtime);
            }
            self.start().await;
            polled += 1;
            if polled == FIRST_POLLS_A_TURN {
                polled = 0;
                // The place is not kept while others have their turn.
                self.give_place_back();
                yield_now().await;
            }
        }
    }

    /// Polls a future once. If it has to wait, it takes the place along.
    async fn start(&mut self) {
        let (begun, spare) = (self.begun.as_ref(), self.spare.take());
        let Some(mut future) = begun.and_then(|begun| begun.claim.future(spare)) else {
            return;
        };
        let poll = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
        if poll.is_ready() {
            self.spare = Some(future);
        } else if let Some(Begun { place, claim }) = self.begun.take() {
            let slot = Slot::new(place, &self.lanes, &self.runtime);
            go_on(claim.task().header(), future, slot);
        }
    }

    fn give_place_back(&mut self) {
        if let Some(begun) = self.begun.take() {
            let called = self.lanes.asynchronous.end(begun.place);
            call_some(called, &self.lanes, &self.runtime);
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.give_place_back();
        let lane = &self.lanes.asynchronous;
        match self.stage {
            Stage::Over => {}
            // Its runtime is being shut down.
            Stage::Driving => call_some(lane.abandon(), &self.lanes, &self.runtime),
            Stage::Called(starter) => lane.desert(starter),
        }
    }
}

/// The place of a future. Dropped with it, it has the next one started.
struct Slot {
    place: Place,
    lanes: Arc<Lanes>,
    runtime: Handle,
    /// Whether it is beyond the limit, so that nobody waits for it.
    exceeds: bool,
}

impl Slot {
    fn new(place: Place, lanes: &Arc<Lanes>, runtime: &Handle) -> Self {
        Self {
            place,
            lanes: Arc::clone(lanes),
            runtime: runtime.clone(),
            exceeds: false,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let lane = &self.lanes.asynchronous;
        if self.exceeds {
            return lane.end_exceeding(self.place);
        }
        call_some(lane.end(self.place), &self.lanes, &self.runtime);
    }
}
