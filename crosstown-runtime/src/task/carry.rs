//! Task-locals of the user's that a task takes along.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::task::LocalKey;
use tokio::task::futures::TaskLocalFuture;

use crate::unwind::drop_contained;

/// The values that a task takes along. Most take none, and have no list.
#[derive(Default)]
pub(super) struct Carried(Option<Vec<Box<dyn Carry>>>);

/// One task-local and its value.
trait Carry: Send {
    /// Calls `body` with the value set.
    fn enter(&mut self, body: &mut dyn FnMut());
}

pub(super) struct Value<T: 'static> {
    key: &'static LocalKey<T>,
    value: Option<T>,
}

impl<T: Send> Carry for Value<T> {
    fn enter(&mut self, body: &mut dyn FnMut()) {
        let Some(value) = self.value.take() else {
            return body();
        };
        let called = poll_fn(|_| {
            body();
            Poll::Ready(())
        });
        // A future's scope gives the value back, as the body left it, also when the
        // body panics: the next poll needs it, or the destructor.
        let mut back = Back {
            scope: pin!(self.key.scope(value, called)),
            value: &mut self.value,
        };
        let scope = back.scope.as_mut();
        _ = scope.poll(&mut Context::from_waker(Waker::noop()));
    }
}

/// Takes the value back out of its scope, also past a panic.
struct Back<'a, T: 'static, F> {
    scope: Pin<&'a mut TaskLocalFuture<T, F>>,
    value: &'a mut Option<T>,
}

impl<T, F> Drop for Back<'_, T, F> {
    fn drop(&mut self) {
        *self.value = self.scope.as_mut().take_value();
    }
}

impl<T: Clone> Value<T> {
    /// The value that `key` has here, if it has one.
    pub(super) fn here(key: &'static LocalKey<T>) -> Option<Self> {
        let value = Some(key.try_with(T::clone).ok()?);
        Some(Self { key, value })
    }
}

impl Carried {
    pub(super) fn push<T: Send>(&mut self, value: Value<T>) {
        self.0.get_or_insert_default().push(Box::new(value));
    }

    /// Calls `body` with all values set.
    pub(super) fn enter<R>(&mut self, body: impl FnOnce() -> R) -> R {
        let Some(carried) = &mut self.0 else {
            return body();
        };
        let (mut body, mut result) = (Some(body), None);
        within(carried, &mut || {
            result = body.take().map(|body| body());
        });
        result.expect("the innermost call is made once")
    }
}

fn within(carried: &mut [Box<dyn Carry>], body: &mut dyn FnMut()) {
    match carried.split_first_mut() {
        Some((first, rest)) => first.enter(&mut || within(rest, body)),
        None => body(),
    }
}

#[cold]
fn discard(values: Vec<Box<dyn Carry>>) {
    values.into_iter().rev().for_each(drop_contained);
}

impl Drop for Carried {
    fn drop(&mut self) {
        if let Some(values) = self.0.take() {
            discard(values);
        }
    }
}
