//! Being in a context: while code is called, and while a future is polled.

use std::cell::RefCell;
use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::task::{Context as Poller, Poll};

use pin_project_lite::pin_project;

#[cfg(feature = "wire")]
use super::ResponseScope;
use super::beside::{Beside, Left};
use super::context::Context;
#[cfg(feature = "wire")]
use super::context::Other;
use crate::sys::per_thread;

// Nothing to be dropped is left in it where a thread ends: who enters a context
// leaves it. Not asking whether it is dropped already spares a check at each use.
per_thread!(
    CURRENT: ManuallyDrop<RefCell<Context>> =
        ManuallyDrop::new(RefCell::new(Context::OUTSIDE))
);

/// Reads the context that code here is in; `None` while it is being entered.
#[inline]
pub(super) fn read<R>(read: impl FnOnce(&Context) -> R) -> Option<R> {
    CURRENT.with(|current| Some(read(&*current.try_borrow().ok()?)))
}

/// Calls `body` in `context`. What `body` leaves there is in `context` again
/// when this returns or unwinds.
#[inline]
pub(crate) fn enter<R>(context: &mut Context, body: impl FnOnce() -> R) -> R {
    let entered = Entered::new(context);
    let output = body();
    entered.leave();
    output
}

/// Being in a context, until this is told to leave. Dropped instead, as by a
/// panic, it leaves as well and notes that.
///
/// A guard rather than a closure's caller where large values are made in a
/// context: what a closure takes and returns is copied on its way.
pub(super) struct Entered<'a> {
    context: &'a mut Context,
}

impl<'a> Entered<'a> {
    #[inline]
    pub(super) fn new(context: &'a mut Context) -> Self {
        swap(context);
        Self { context }
    }

    #[inline]
    pub(super) fn leave(self) {
        swap(self.context);
        mem::forget(self);
    }

    #[inline]
    fn leave_if(entered: Option<Self>) {
        if let Some(entered) = entered {
            entered.leave();
        }
    }
}

impl Drop for Entered<'_> {
    #[cold]
    fn drop(&mut self) {
        swap(self.context);
        // Noted here: who looks later, when the future is dropped, can't tell
        // whether it had panicked; whoever caught the panic may drop it after.
        if let Some(handler) = self.context.handler() {
            handler.note_panic();
        }
    }
}

#[inline]
fn swap(context: &mut Context) {
    CURRENT.with(|current| {
        if let Ok(mut current) = current.try_borrow_mut() {
            mem::swap(&mut *current, context);
        }
    });
}

pin_project! {
    /// A future that is polled, and dropped, in a context; beside it, what its
    /// owner makes of its output.
    pub(crate) struct InContext<F, X = ()> {
        context: Context,
        beside: X,
        #[pin]
        future: Option<F>,
    }

    impl<F, X> PinnedDrop for InContext<F, X> {
        #[inline]
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.future.is_some() {
                drop_within(this.context, this.future);
            }
        }
    }
}

#[cold]
fn drop_within<F>(context: &mut Context, mut future: Pin<&mut Option<F>>) {
    if context.is_surrounding() {
        future.set(None);
    } else {
        enter(context, || future.set(None));
    }
}

impl<F, X> InContext<F, X> {
    #[inline]
    pub(crate) fn new(context: Context, beside: X, future: F) -> Self {
        Self {
            context,
            beside,
            future: Some(future),
        }
    }
}

#[cfg(feature = "wire")]
impl<F, X> InContext<F, X> {
    /// Has `make` make the future, in the scope of a handler; without one, in
    /// whatever is in progress around it.
    #[inline(always)]
    pub(crate) fn make<A>(
        scope: Option<ResponseScope>,
        beside: X,
        argument: A,
        make: impl FnOnce(A) -> F,
    ) -> Self {
        let Some(scope) = scope else {
            return Self::new(Context::Other(Other::Surrounding), beside, make(argument));
        };
        let mut context = scope.into_context();
        let entered = Entered::new(&mut context);
        let future = make(argument);
        entered.leave();
        Self::new(context, beside, future)
    }
}

#[cfg(feature = "axum")]
impl<F, X> InContext<F, X> {
    /// No future: what is beside it is polled alone.
    pub(crate) fn without(beside: X) -> Self {
        Self {
            context: Context::OUTSIDE,
            beside,
            future: None,
        }
    }
}

impl<F: Future, X: Beside<F::Output>> Future for InContext<F, X> {
    type Output = X::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<X::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return this.beside.poll_alone(cx);
        };
        let is_surrounding = X::MAY_SURROUND && this.context.is_surrounding();
        let entered = (!is_surrounding).then(|| Entered::new(&mut *this.context));
        let poll = future.poll(cx);
        if poll.is_ready() {
            this.future.set(None);
        }
        Entered::leave_if(entered);
        this.beside.pass(poll, Left(this.context))
    }
}
