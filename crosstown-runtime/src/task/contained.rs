//! A future of the user's: behind a wall, and within its time.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::unconstrained;
use tokio::time::{Sleep, sleep};

use super::carry::Carried;
use super::header::Header;
use crate::outcome::{Outcome, TaskOutput};
use crate::unwind::{contained, drop_contained};

pin_project! {
    /// A future that becomes its outcome: its panics are one, those of its
    /// destructor included. It is dropped as soon as it has ended.
    pub(super) struct Contained<F> {
        #[pin]
        future: Option<F>,
        carried: Carried,
        // How long it may take. In a box, since few have one.
        timer: Option<Pin<Box<Sleep>>>,
    }

    impl<F> PinnedDrop for Contained<F> {
        fn drop(this: Pin<&mut Self>) {
            if let Err(payload) = this.drop_future() {
                drop_contained(payload);
            }
        }
    }
}

impl<F> Contained<F> {
    /// Has `make` make the future of a task that starts. An error is its panic,
    /// or that of tokio where the runtime has no timers and the task needs one.
    pub(super) fn make(
        task: &Header,
        make: impl FnOnce() -> F,
    ) -> Result<Self, Box<dyn Any + Send>> {
        let mut carried = task.carried();
        let timer = match task.options.timeout.map(timer).transpose() {
            Ok(timer) => timer,
            Err(payload) => {
                // Not by what unwinds: a destructor that panics then aborts.
                drop_within(&mut carried, make);
                return Err(payload);
            }
        };
        let future = catch_unwind(AssertUnwindSafe(|| carried.enter(make)))?;
        Ok(Self {
            future: Some(future),
            carried,
            timer,
        })
    }

    fn drop_future(self: Pin<&mut Self>) -> Result<(), Box<dyn Any + Send>> {
        let mut this = self.project();
        if this.future.is_none() {
            return Ok(());
        }
        let drop = || this.carried.enter(|| this.future.set(None));
        catch_unwind(AssertUnwindSafe(drop))
    }
}

impl<F: Future<Output: TaskOutput>> Future for Contained<F> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let this = self.as_mut().project();
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Pending;
        };
        let poll = || this.carried.enter(|| future.poll(cx));
        let ended = match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(Poll::Ready(output)) => Ok(output),
            Ok(Poll::Pending) if is_late(this.timer, cx) => Err(Outcome::TimedOut),
            Ok(Poll::Pending) => return Poll::Pending,
            Err(payload) => Err(Outcome::from_panic(payload)),
        };
        let dropped = self.as_mut().drop_future();
        let carried = self.project().carried;
        Poll::Ready(match (ended, dropped) {
            (Ok(output), Ok(())) => Outcome::of(|| carried.enter(|| Outcome::of_output(output))),
            (Ok(output), Err(payload)) => {
                drop_within(carried, output);
                Outcome::from_panic(payload)
            }
            (Err(outcome), Ok(())) => outcome,
            // What became of the body is known; that its destructor panics, too,
            // is left to the panic hook.
            (Err(outcome), Err(payload)) => {
                drop_contained(payload);
                outcome
            }
        })
    }
}

/// Drops a value of the user's with the task-locals set, or where they can't be, without.
fn drop_within<T>(carried: &mut Carried, value: T) {
    let mut value = Some(value);
    contained(|| carried.enter(|| drop_contained(value.take())));
    drop_contained(value);
}

/// A timer; an error is tokio's panic where the runtime has none.
fn timer(timeout: Duration) -> Result<Pin<Box<Sleep>>, Box<dyn Any + Send>> {
    catch_unwind(|| Box::pin(sleep(timeout)))
}

/// Whether the time is over. A body that has used up what tokio lets a task do
/// in one turn does not keep its timer from being asked.
fn is_late(timer: &mut Option<Pin<Box<Sleep>>>, cx: &mut Context<'_>) -> bool {
    let timer = timer.as_mut();
    timer.is_some_and(|timer| pin!(unconstrained(timer.as_mut())).poll(cx).is_ready())
}
