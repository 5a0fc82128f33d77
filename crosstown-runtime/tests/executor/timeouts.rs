//! Tasks that take too long.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crosstown_runtime::{Executor, Outcome, Sent, Task};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

use crate::support::{PanicsOnDrop, drained, limited, respond, runtime, within_reason};

const SHORT: Duration = Duration::from_millis(1);

/// Notes whether it was dropped inside a task.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(Sent::current().is_some(), Ordering::SeqCst);
    }
}

#[test]
fn a_future_that_runs_into_its_timeout_is_dropped_inside_its_task() {
    let dropped = Arc::new(AtomicBool::new(false));
    runtime().block_on(async {
        let (executor, guard) = (Executor::new(), Dropped(Arc::clone(&dropped)));
        let task = respond(&executor, || {
            let body = async move {
                let _guard = guard;
                pending::<()>().await;
            };
            Task::future(body).timeout(SHORT).follow_response()
        });
        assert_eq!(within_reason(task.outcome()).await, Outcome::TimedOut);
        assert!(dropped.load(Ordering::SeqCst));
        assert_eq!(drained(&executor).await.timed_out, 1);
    });
}

#[test]
fn a_future_that_always_finds_work_runs_into_its_timeout() {
    runtime().block_on(async {
        let executor = Executor::new();
        let task = respond(&executor, || {
            // It gives way only when tokio makes it.
            let body = async {
                let semaphore = Semaphore::new(1);
                while semaphore.acquire().await.is_ok() {}
            };
            Task::future(body).timeout(SHORT).follow_response()
        });
        assert_eq!(within_reason(task.outcome()).await, Outcome::TimedOut);
    });
}

#[test]
fn a_future_that_ends_in_time_is_completed() {
    runtime().block_on(async {
        let executor = Executor::new();
        let task = respond(&executor, || {
            let body = async { tokio::task::yield_now().await };
            let task = Task::future(body).timeout(Duration::from_secs(3600));
            task.follow_response()
        });
        assert_eq!(within_reason(task.outcome()).await, Outcome::Completed);
    });
}

#[test]
fn the_time_begins_with_the_body_not_in_the_queue() {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let executor = limited(1);
        let nap = || async { tokio::time::sleep(Duration::from_secs(8)).await };
        respond(&executor, || {
            for _ in 0..3 {
                let task = Task::future(nap()).timeout(Duration::from_secs(10));
                task.follow_response();
            }
        });
        assert_eq!(drained(&executor).await.completed, 3);
    });
}

#[test]
fn a_timeout_frees_the_place() {
    runtime().block_on(async {
        let executor = limited(1);
        respond(&executor, || {
            Task::future(pending::<()>())
                .timeout(SHORT)
                .follow_response();
            Task::future(async {}).follow_response();
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.timed_out, stats.completed), (1, 1));
    });
}

/// A value that panics when it is dropped, and so does its panic.
struct PanicsTwice;

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        std::panic::panic_any(PanicsOnDrop);
    }
}

/// Has a body that holds `rude` time out.
fn dropping_at_the_timeout_changes_nothing(rude: impl Send + 'static) {
    runtime().block_on(async {
        let executor = Executor::new();
        let task = respond(&executor, || {
            let body = async {
                let _rude = rude;
                pending::<()>().await;
            };
            Task::future(body).timeout(SHORT).follow_response()
        });
        assert_eq!(within_reason(task.outcome()).await, Outcome::TimedOut);
        drained(&executor).await;
    });
}

#[test]
fn a_panic_at_the_timeout_that_panics_when_it_is_dropped_changes_nothing() {
    dropping_at_the_timeout_changes_nothing(PanicsTwice);
}

#[test]
fn a_destructor_that_panics_at_the_timeout_changes_nothing() {
    dropping_at_the_timeout_changes_nothing(PanicsOnDrop);
}

/// What becomes of a body with a timeout on a runtime that has no timers.
fn without_timers(body: impl Future<Output = ()> + Send + 'static) -> Outcome {
    let runtime = Builder::new_multi_thread().build().unwrap();
    let task = {
        let _in = runtime.enter();
        respond(&Executor::new(), || {
            Task::future(body).timeout(SHORT).follow_response()
        })
    };
    crate::support::block_on(task.outcome())
}

#[test]
fn a_timeout_where_the_runtime_has_no_timers_is_a_panic_that_says_so() {
    let outcome = without_timers(async {});
    let Outcome::Panicked(panic) = &outcome else {
        panic!("it became {outcome:?}");
    };
    assert!(panic.message().contains("timers are disabled"), "{panic}");
}

/// A destructor that panics while tokio's panic unwinds would abort the process.
#[test]
fn a_body_for_whose_timeout_there_are_no_timers_is_dropped_while_nothing_unwinds() {
    struct Notes(std::sync::mpsc::Sender<bool>);
    impl Drop for Notes {
        fn drop(&mut self) {
            let _ = self.0.send(std::thread::panicking());
        }
    }
    let (told, unwinds) = std::sync::mpsc::channel();
    let notes = Notes(told);
    let outcome = without_timers(async move { drop(notes) });
    assert!(matches!(outcome, Outcome::Panicked(_)), "{outcome:?}");
    assert_eq!(unwinds.recv(), Ok(false));
}

#[cfg(feature = "tracing")]
mod log {
    use super::*;
    use crate::log;
    use crate::support::Gate;

    fn overrun(name: &'static str, warn_after: Duration) -> Vec<String> {
        log::start();
        runtime().block_on(async {
            let executor = Executor::builder().warn_after(warn_after).build();
            let task = respond(&executor, || {
                let body = || std::thread::sleep(Duration::from_millis(5));
                Task::new(body).name(name).follow_response()
            });
            assert_eq!(within_reason(task.outcome()).await, Outcome::Completed);
        });
        log::about(name)
    }

    #[test]
    fn a_closure_that_overruns_is_warned_of_when_it_ends() {
        let lines = overrun("overruns", SHORT);
        let [line] = &lines[..] else {
            panic!("{lines:?}")
        };
        assert!(line.contains("WARN") && line.contains("for long"), "{line}");
        assert!(line.contains("timeouts.rs"), "{line}");
    }

    #[test]
    fn a_closure_that_never_seems_to_end_is_warned_of_once_while_it_runs() {
        log::start();
        runtime().block_on(async {
            let (gate, started) = (Gate::default(), Gate::default());
            let executor = Executor::builder().warn_after(SHORT).build();
            respond(&executor, || {
                let task = Task::new(gate.body(&started)).name("hangs");
                task.follow_response()
            });
            started.wait();
            let next_response = async || {
                respond(&executor, || Task::future(async {}).follow_response());
                tokio::task::yield_now().await;
            };
            within_reason(async {
                while log::about("hangs").is_empty() {
                    next_response().await;
                }
            })
            .await;
            let since = std::time::Instant::now();
            while since.elapsed() < 5 * SHORT {
                next_response().await;
            }
            let lines = log::about("hangs");
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains("WARN") && lines[0].contains("is keeping"));
            gate.open();
            drained(&executor).await;
        });
    }

    #[test]
    fn a_closure_that_is_looked_at_within_its_time_is_not_warned_of() {
        const LIMIT: Duration = Duration::from_secs(2);
        log::start();
        runtime().block_on(async {
            let (gate, started) = (Gate::default(), Gate::default());
            let since = std::time::Instant::now();
            let executor = Executor::builder().warn_after(LIMIT).build();
            respond(&executor, || {
                let task = Task::new(gate.body(&started)).name("is_looked_at");
                task.follow_response()
            });
            started.wait();
            // A look is due after half of the time.
            while log::about("is_looked_at").is_empty() && since.elapsed() < LIMIT * 3 / 4 {
                tokio::time::sleep(LIMIT / 50).await;
                respond(&executor, || Task::future(async {}).follow_response());
            }
            let (lines, ran) = (log::about("is_looked_at"), since.elapsed());
            gate.open();
            drained(&executor).await;
            assert!(lines.is_empty() || ran > LIMIT, "{ran:?}: {lines:?}");
        });
    }

    #[test]
    fn an_executor_that_has_warned_of_a_closure_can_be_freed() {
        log::start();
        let held = Arc::new(());
        let executor = Executor::builder().warn_after(SHORT).on_outcome({
            let held = Arc::clone(&held);
            move |_| _ = &held
        });
        let (executor, gate) = (executor.build(), Gate::default());
        let runtime = runtime();
        runtime.block_on(within_reason(async {
            let closed = gate.clone();
            respond(&executor, || {
                Task::new(move || closed.wait())
                    .name("hangs_and_ends")
                    .follow_response()
            });
            while log::about("hangs_and_ends").is_empty() {
                respond(&executor, || Task::future(async {}).follow_response());
                tokio::task::yield_now().await;
            }
            gate.open();
            drained(&executor).await;
        }));
        drop((runtime, executor));
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn a_closure_in_time_is_not_warned_of() {
        assert_eq!(overrun("in_time", Duration::from_secs(60)), [""; 0]);
    }

    #[test]
    fn a_task_that_timed_out_is_in_the_log() {
        log::start();
        runtime().block_on(async {
            let executor = Executor::new();
            respond(&executor, || {
                let task = Task::future(pending::<()>()).timeout(SHORT);
                task.name("timed_out_in_the_log").follow_response()
            });
            drained(&executor).await;
        });
        let lines = log::about("timed_out_in_the_log");
        assert!(lines[0].contains("ran into its timeout"), "{lines:?}");
    }
}
