//! Being in a context: while code is called, and while a future is polled.

use std::cell::RefCell;
use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::task::{Context as Poller, Poll};

use pin_project_lite::pin_project;

#[cfg(feature = "wire")]
use super::ResponseScope;
use super::context::Context;
use super::in_flight::Pending;
use crate::sys::per_thread;
#[cfg(feature = "wire")]
use crate::wire::WireHandle;

// Nothing to be dropped is left in it where a thread ends: who enters a context
// leaves it. Not asking whether it is dropped already spares a check at each use.
per_thread!(
    CURRENT: ManuallyDrop<RefCell<Context>> =
        ManuallyDrop::new(RefCell::new(Context::Outside))
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
}

impl Drop for Entered<'_> {
    #[cold]
    fn drop(&mut self) {
        swap(self.context);
        // Noted here: who looks later, when the future is dropped, can't tell
        // whether it had panicked; whoever caught the panic may drop it after.
        self.context.note_panic();
    }
}

#[inline]
fn swap(context: &mut Context) {
    if let Context::Surrounding = context {
        return;
    }
    CURRENT.with(|current| {
        if let Ok(mut current) = current.try_borrow_mut() {
            mem::swap(&mut *current, context);
        }
    });
}

pin_project! {
    /// A future that is polled, and dropped, in a context; beside it, what its
    /// owner needs to know.
    // One flat struct: each that wraps it costs a copy of the future.
    pub(crate) struct InContext<F, X = ()> {
        context: Context,
        beside: X,
        #[pin]
        future: Option<F>,
    }

    impl<F, X> PinnedDrop for InContext<F, X> {
        #[inline]
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                enter(this.context, || this.future.set(None));
            }
        }
    }
}

impl<F> InContext<F> {
    #[inline]
    pub(super) fn new(context: Context, future: F) -> Self {
        Self {
            context,
            beside: (),
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
        let mut context = match scope {
            Some(scope) => scope.into_context(),
            None => Context::Surrounding,
        };
        let entered = Entered::new(&mut context);
        let future = make(argument);
        entered.leave();
        Self {
            context,
            beside,
            future: Some(future),
        }
    }

    /// The connection over which the request came, if the scope was told.
    pub(crate) fn wire(self: Pin<&mut Self>) -> Option<WireHandle> {
        self.project().context.settings()?.wire.clone()
    }

    #[inline]
    pub(crate) fn beside(self: Pin<&mut Self>) -> &mut X {
        self.project().beside
    }
}

#[cfg(feature = "axum")]
impl<F, X> InContext<F, X> {
    /// No future: it runs elsewhere.
    pub(crate) fn without(beside: X) -> Self {
        Self {
            context: Context::Surrounding,
            beside,
            future: None,
        }
    }
}

impl<F, X> InContext<F, X> {
    /// What follows the handler that has ended; `None` where nothing was
    /// registered.
    #[inline]
    pub(crate) fn take_pending(self: Pin<&mut Self>) -> Option<Pending> {
        let state = self.project().context.take_state();
        state.map(|state| Pending::new(Some(state)))
    }
}

impl<F: Future, X> Future for InContext<F, X> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Poller<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let entered = Entered::new(this.context);
        let future = this.future.as_mut().as_pin_mut();
        let poll = future.expect("not polled after its end").poll(cx);
        if poll.is_ready() {
            this.future.set(None);
        }
        entered.leave();
        poll
    }
}
