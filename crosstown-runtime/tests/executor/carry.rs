//! What a task has around it, on whichever thread it runs.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crosstown_runtime::{Ended, Executor, Outcome, Registration, Sent, Task};
use http::StatusCode;
use tokio::runtime::Builder;

use crate::support::{
    PanicsOnDrop, block_until, drained, outcome, panics, respond, respond_with, runtime,
    within_reason,
};

tokio::task_local! {
    static TENANT: String;
    static COUNT: Cell<u32>;
    static RUDE: Rude;
    static ONCE: Once;
    static SHARED: Arc<()>;
}

/// Its clones panic when they are dropped.
struct Rude(#[allow(dead_code)] Option<PanicsOnDrop>);

impl Clone for Rude {
    fn clone(&self) -> Self {
        Self(Some(PanicsOnDrop))
    }
}

/// Can be cloned, but its clones can't.
#[derive(Default)]
struct Once(bool);

impl Clone for Once {
    fn clone(&self) -> Self {
        assert!(!self.0, "cloned again");
        Self(true)
    }
}

/// An error that says of whom it is when it is displayed.
struct OfTenant;

impl fmt::Display for OfTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TENANT.with(|tenant| f.write_str(tenant))
    }
}

/// Registers in a handler in which both locals are set; waits for the outcome.
async fn in_handler(register: impl FnOnce() -> Registration) -> Outcome {
    let executor = Executor::new();
    let task = respond(&executor, || {
        let body = || COUNT.sync_scope(Cell::new(1), register);
        TENANT.sync_scope("mill".into(), body)
    });
    within_reason(task.outcome()).await
}

#[test]
fn a_closure_finds_the_locals_it_carries_and_no_others() {
    runtime().block_on(async {
        let body = || {
            assert_eq!(TENANT.get(), "mill");
            assert!(COUNT.try_with(|_| ()).is_err());
        };
        let task = || Task::new(body).carry(&TENANT).follow_response();
        assert_eq!(in_handler(task).await, Outcome::Completed);
        let same_thread = || Task::new(body).carry(&TENANT).same_thread(true);
        let outcome = in_handler(|| same_thread().follow_response()).await;
        assert_eq!(outcome, Outcome::Completed);
    });
}

#[test]
fn a_future_finds_them_at_every_poll_as_it_left_them() {
    runtime().block_on(async {
        let body = async {
            for count in 1..5 {
                assert_eq!(TENANT.get(), "mill");
                COUNT.with(|seen| assert_eq!(seen.replace(count + 1), count));
                tokio::task::yield_now().await;
            }
        };
        let task = || Task::future(body).carry(&TENANT).carry(&COUNT);
        let outcome = in_handler(|| task().follow_response()).await;
        assert_eq!(outcome, Outcome::Completed);
    });
}

/// Notes what is set when it is dropped.
struct Last(Arc<Mutex<Option<String>>>);

impl Drop for Last {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = TENANT.try_with(String::clone).ok();
    }
}

#[test]
fn a_future_that_is_dropped_at_its_timeout_finds_them_for_the_last_time() {
    let seen = Arc::new(Mutex::new(None));
    let last = Last(Arc::clone(&seen));
    runtime().block_on(async {
        let body = async move {
            let _last = last;
            std::future::pending::<()>().await;
        };
        let task = || Task::future(body).carry(&TENANT).timeout(Duration::ZERO);
        let outcome = in_handler(|| task().follow_response()).await;
        assert_eq!(outcome, Outcome::TimedOut);
    });
    assert_eq!(seen.lock().unwrap().as_deref(), Some("mill"));
}

#[test]
fn a_future_that_has_panicked_finds_them_when_it_is_dropped() {
    /// Unlike an `async` block, it still has what it holds when it has panicked.
    struct Panics(#[allow(dead_code)] Last);

    impl Future for Panics {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            panics("a rude poll");
            Poll::Pending
        }
    }

    let seen = Arc::new(Mutex::new(None));
    let body = Panics(Last(Arc::clone(&seen)));
    runtime().block_on(async {
        let task = || Task::future(body).carry(&COUNT).carry(&TENANT);
        let outcome = in_handler(|| task().follow_response()).await;
        assert!(matches!(outcome, Outcome::Panicked(_)), "{outcome:?}");
    });
    assert_eq!(seen.lock().unwrap().as_deref(), Some("mill"));
}

#[test]
fn a_value_is_cloned_once_however_often_its_task_is_polled() {
    runtime().block_on(async {
        let executor = Executor::new();
        let follow: [fn() -> Registration; 3] = [
            || Task::new(|| ()).carry(&ONCE).follow_response(),
            || {
                let task = Task::new(|| ()).same_thread(true);
                task.carry(&ONCE).follow_response()
            },
            || {
                let future = Task::future(tokio::task::yield_now());
                future.carry(&ONCE).follow_response()
            },
        ];
        for follow in follow {
            let register = || respond(&executor, follow);
            let task = ONCE.sync_scope(Once::default(), register);
            drained(&executor).await;
            assert_eq!(outcome(&task), Outcome::Completed);
        }
    });
}

#[cfg(feature = "macros")]
#[test]
fn the_attribute_takes_a_list_of_them() {
    use crosstown_runtime::crosstown_traffic;

    runtime().block_on(async {
        let register = || {
            #[crosstown_traffic(carry(TENANT, self::COUNT))]
            fn closure() {
                assert_eq!((TENANT.get(), COUNT.with(Cell::get)), ("mill".into(), 1));
            }
            closure
        };
        assert_eq!(in_handler(register).await, Outcome::Completed);
        let register = || {
            #[crosstown_traffic(carry(TENANT), on_call)]
            async fn future() {
                assert_eq!(TENANT.get(), "mill");
                assert!(COUNT.try_with(|_| ()).is_err());
            }
            future()
        };
        assert_eq!(in_handler(register).await, Outcome::Completed);
    });
}

#[test]
fn the_closure_that_makes_a_future_finds_them_too() {
    runtime().block_on(async {
        let make = |_: Sent| {
            let tenant = TENANT.get();
            async move { assert_eq!(tenant, "mill") }
        };
        let task = || {
            Task::future_with_sent(make)
                .carry(&TENANT)
                .follow_response()
        };
        assert_eq!(in_handler(task).await, Outcome::Completed);
    });
}

#[test]
fn what_a_body_returns_finds_them_when_it_becomes_the_outcome() {
    runtime().block_on(async {
        let closure = in_handler(|| {
            let task = Task::new(|| Err(OfTenant));
            task.carry(&TENANT).follow_response()
        });
        let future = in_handler(|| {
            let task = Task::future(async { Err(OfTenant) });
            task.carry(&TENANT).follow_response()
        });
        for outcome in [closure.await, future.await] {
            let Outcome::Failed(error) = &outcome else {
                panic!("it became {outcome:?}");
            };
            assert_eq!(error.message(), "mill");
        }
    });
}

/// It runs where its task-local is in use, which tokio then can't set.
#[test]
fn where_they_can_not_be_set_a_future_without_its_timer_is_a_panic_all_the_same() {
    let outcome = TENANT.sync_scope("mill".into(), || {
        let runtime = Builder::new_current_thread().build().unwrap();
        TENANT.with(|_| {
            runtime.block_on(async {
                let task = respond(&Executor::new(), || {
                    let task = Task::future(async {}).timeout(Duration::from_secs(60));
                    task.carry(&TENANT).follow_response()
                });
                task.outcome().await
            })
        })
    });
    let Outcome::Panicked(panic) = &outcome else {
        panic!("it became {outcome:?}");
    };
    assert!(panic.message().contains("timers are disabled"), "{panic}");
}

#[test]
fn what_is_not_set_here_is_not_set_there() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            let body = || assert!(TENANT.try_with(|_| ()).is_err());
            Task::new(body).carry(&TENANT).follow_response()
        });
        assert_eq!(drained(&executor).await.completed, 1);
    });
}

#[test]
fn a_value_that_panics_when_it_is_dropped_does_no_harm() {
    runtime().block_on(async {
        let executor = Executor::new();
        let register = || {
            RUDE.sync_scope(Rude(None), || {
                Task::new(|| ()).carry(&RUDE).follow_response()
            })
        };
        respond_with(&executor, StatusCode::CONFLICT, register);
        assert_eq!(executor.stats().skipped.no_go, 1);
        let task = respond(&executor, register);
        drained(&executor).await;
        assert_eq!(outcome(&task), Outcome::Completed);
    });
}

#[test]
fn a_task_knows_its_response_on_whichever_thread() {
    fn check() {
        let sent = Sent::current().expect("a task is running");
        assert_eq!(sent.status(), Some(StatusCode::ACCEPTED));
    }
    runtime().block_on(async {
        let executor = Executor::new();
        respond_with(&executor, StatusCode::ACCEPTED, || {
            Task::new(check).follow_response();
            Task::new(check).same_thread(true).follow_response();
            let body = async {
                check();
                tokio::task::yield_now().await;
                check();
            };
            Task::future(body).follow_response();
        });
        assert_eq!(drained(&executor).await.completed, 3);
        assert!(Sent::current().is_none());
    });
}

#[test]
fn who_is_told_of_the_outcome_finds_the_values_gone() {
    let (shared, owners) = (Arc::new(()), Arc::new(Mutex::new(Vec::new())));
    let hook = {
        let (shared, owners) = (Arc::downgrade(&shared), Arc::clone(&owners));
        move |_: &Ended<'_>| owners.lock().unwrap().push(shared.strong_count())
    };
    let executor = Executor::builder().on_outcome(hook).build();
    runtime().block_on(async {
        // Here there is one, and the task takes another along.
        SHARED.sync_scope(shared, || {
            respond(&executor, || {
                let task = Task::new(|| ()).carry(&SHARED).same_thread(true);
                task.follow_response();
            });
            respond(&executor, || {
                Task::future(async {}).carry(&SHARED).follow_response();
            });
            block_until(|| owners.lock().unwrap().len() == 2);
        });
        drained(&executor).await;
    });
    assert_eq!(*owners.lock().unwrap(), [1, 1]);
}

#[test]
fn a_task_knows_when_it_was_registered_not_when_it_was_made() {
    let seen = Arc::new(Mutex::new(None));
    let task = {
        let seen = Arc::clone(&seen);
        let body = move |sent: Sent| *seen.lock().unwrap() = Some(sent.registered_at());
        Task::with_sent(body).same_thread(true)
    };
    let made = Instant::now();
    block_until(|| Instant::now() > made);
    let before = Instant::now();
    respond(&Executor::new(), || task.follow_response());
    let registered = seen.lock().unwrap().expect("it ran");
    assert!(registered >= before && registered <= Instant::now());
}
