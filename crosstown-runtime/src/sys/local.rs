//! tokio's task-locals, for the threads of the model.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// The stand-in for `tokio::task::LocalKey`.
pub(crate) struct LocalKey<T: 'static> {
    pub(crate) slot: &'static shuttle::thread::LocalKey<RefCell<Option<T>>>,
}

macro_rules! task_local {
    (static $name:ident: $type:ty;) => {
        static $name: crate::sys::LocalKey<$type> = {
            shuttle::thread_local! {
                static SLOT: std::cell::RefCell<Option<$type>> = std::cell::RefCell::new(None);
            }
            crate::sys::LocalKey { slot: &SLOT }
        };
    };
}
pub(crate) use task_local;

impl<T: 'static> LocalKey<T> {
    pub(crate) fn try_with<R>(&'static self, read: impl FnOnce(&T) -> R) -> Result<R, ()> {
        let read = self.slot.try_with(|slot| slot.borrow().as_ref().map(read));
        read.ok().flatten().ok_or(())
    }

    pub(crate) fn sync_scope<R>(&'static self, value: T, body: impl FnOnce() -> R) -> R {
        self.swapped(&mut Some(value), body)
    }

    pub(crate) fn scope<F: Future>(&'static self, value: T, future: F) -> TaskLocalFuture<T, F> {
        TaskLocalFuture {
            key: self,
            value: Some(value),
            future: Some(future),
        }
    }

    fn swapped<R>(&'static self, value: &mut Option<T>, body: impl FnOnce() -> R) -> R {
        self.swap(value);
        let back = Back { key: self, value };
        let result = body();
        drop(back);
        result
    }

    fn swap(&'static self, value: &mut Option<T>) {
        let swap = |slot: &RefCell<Option<T>>| std::mem::swap(value, &mut *slot.borrow_mut());
        // A thread of the model that has ended has no values left to mix up.
        let _ = self.slot.try_with(swap);
    }
}

/// Swaps the value back, also on a panic.
struct Back<'a, T: 'static> {
    key: &'static LocalKey<T>,
    value: &'a mut Option<T>,
}

impl<T> Drop for Back<'_, T> {
    fn drop(&mut self) {
        self.key.swap(self.value);
    }
}

pin_project! {
    /// The stand-in for `tokio::task::futures::TaskLocalFuture`.
    pub(crate) struct TaskLocalFuture<T: 'static, F> {
        key: &'static LocalKey<T>,
        value: Option<T>,
        #[pin]
        future: Option<F>,
    }

    impl<T: 'static, F> PinnedDrop for TaskLocalFuture<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                this.key.swapped(this.value, || this.future.set(None));
            }
        }
    }
}

impl<T: 'static, F: Future> TaskLocalFuture<T, F> {
    pub(crate) fn take_value(self: Pin<&mut Self>) -> Option<T> {
        self.project().value.take()
    }
}

impl<T: 'static, F: Future> Future for TaskLocalFuture<T, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let mut future = this
            .future
            .as_mut()
            .as_pin_mut()
            .expect("polled after its end");
        let poll = this.key.swapped(this.value, || future.as_mut().poll(cx));
        if poll.is_ready() {
            this.key.swapped(this.value, || this.future.set(None));
        }
        poll
    }
}
