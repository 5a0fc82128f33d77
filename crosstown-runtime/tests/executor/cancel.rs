//! Cancelling: certain before the start, too late after it.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crosstown_runtime::{Executor, Outcome, Registration, Task, follow_response};
use tokio::sync::Notify;

use crate::support::{
    Gate, PanicsOnDrop, drained, limited, outcome, panics, respond, runtime, until,
};

/// Whether the value it came from was dropped.
#[derive(Clone, Default)]
struct Dropped(Arc<AtomicBool>);

impl Dropped {
    fn guard(&self) -> impl Send + use<> {
        struct Guard(Dropped);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.0.store(true, Ordering::SeqCst);
            }
        }
        Guard(self.clone())
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[test]
fn cancelled_in_the_handler_a_task_never_runs_and_its_captures_are_gone() {
    let executor = Executor::new();
    let dropped = Dropped::default();
    respond(&executor, || {
        let guard = dropped.guard();
        let task = follow_response(move || {
            let _guard = guard;
            panics("it was cancelled");
        });
        assert!(task.cancel());
        assert!(dropped.get());
        assert_eq!(outcome(&task), Outcome::Cancelled);
    });
    assert_eq!(executor.stats().cancelled, 1);
}

#[test]
fn cancelled_in_the_handler_a_task_lets_go_of_its_rule_and_its_gate() {
    respond(&Executor::new(), || {
        let (rule, gate) = (Dropped::default(), Dropped::default());
        let (in_rule, in_gate) = (rule.guard(), gate.guard());
        let task = Task::new(|| ()).when(move |_| {
            let _guard = &in_rule;
            true
        });
        let task = task.also(async move {
            let _guard = in_gate;
        });
        let task = task.follow_response();
        assert!(!rule.get() && !gate.get());
        assert!(task.cancel());
        assert!(rule.get() && gate.get());
    });
}

#[test]
fn a_second_cancel_says_no_and_changes_nothing() {
    let executor = Executor::new();
    respond(&executor, || {
        let task = follow_response(|| ());
        assert!(task.cancel());
        assert!(!task.cancel());
        assert_eq!(outcome(&task), Outcome::Cancelled);
    });
    assert_eq!(executor.stats().cancelled, 1);
}

#[test]
fn cancelled_while_it_runs_a_task_goes_on() {
    runtime().block_on(async {
        let (executor, gate, started) = (Executor::new(), Gate::default(), Gate::default());
        let notify = Arc::new(Notify::new());
        let notified = Arc::clone(&notify);
        let (closure, future) = respond(&executor, || {
            let closure = follow_response(gate.body(&started));
            let future = Task::future(async move { notified.notified().await });
            (closure, future.follow_response())
        });
        started.wait();
        until(|| executor.stats().running == 2).await;
        assert!(!closure.cancel());
        assert!(!future.cancel());
        gate.open();
        notify.notify_one();
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.cancelled), (2, 0));
        assert!(!closure.cancel(), "it has ended");
        assert_eq!(outcome(&closure), Outcome::Completed);
    });
}

#[test]
fn cancelled_after_the_scope_has_ended_a_task_that_waits_for_a_thread_never_runs() {
    runtime().block_on(async {
        let (executor, gate, started) = (limited(1), Gate::default(), Gate::default());
        let notify = Arc::new(Notify::new());
        let notified = Arc::clone(&notify);
        let (closure, future) = respond(&executor, || {
            follow_response(gate.body(&started));
            Task::future(async move { notified.notified().await }).follow_response();
            let future = Task::future(async { panics("it was cancelled") });
            let closure = Task::new(|| panics("it was cancelled"));
            (closure.follow_response(), future.follow_response())
        });
        started.wait();
        assert!(closure.cancel() && future.cancel());
        gate.open();
        notify.notify_one();
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.cancelled), (2, 2));
    });
}

#[test]
fn a_task_can_cancel_another_of_its_response() {
    runtime().block_on(async {
        let executor = limited(1);
        let victim = Arc::new(Mutex::new(None::<Registration>));
        let held = Arc::clone(&victim);
        respond(&executor, || {
            follow_response(move || assert!(held.lock().unwrap().as_ref().unwrap().cancel()));
            *victim.lock().unwrap() = Some(follow_response(|| ()));
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.cancelled), (1, 1));
    });
}

#[test]
fn a_task_that_cancels_itself_is_told_that_it_is_too_late() {
    runtime().block_on(async {
        let executor = Executor::new();
        let itself = Arc::new(Mutex::new(None::<Registration>));
        let held = Arc::clone(&itself);
        respond(&executor, || {
            let task = follow_response(move || {
                assert!(!held.lock().unwrap().as_ref().unwrap().cancel());
            });
            *itself.lock().unwrap() = Some(task);
        });
        assert_eq!(drained(&executor).await.completed, 1);
        *itself.lock().unwrap() = None;
    });
}

#[test]
fn a_body_whose_destructor_panics_can_be_cancelled() {
    let executor = Executor::new();
    respond(&executor, || {
        let rude = PanicsOnDrop;
        let task = follow_response(move || drop(rude));
        assert!(task.cancel());
        assert_eq!(outcome(&task), Outcome::Cancelled);
    });
}

#[test]
fn of_a_cancel_and_a_start_that_race_exactly_one_wins() {
    let (executor, runtime) = (limited(4), runtime());
    let ran = Arc::new(AtomicU32::new(0));
    let mut cancelled = 0;
    for _ in 0..500 {
        let tasks = {
            let _in = runtime.enter();
            respond(&executor, || {
                let task = |_| {
                    let ran = Arc::clone(&ran);
                    let body = move || _ = ran.fetch_add(1, Ordering::SeqCst);
                    follow_response(body)
                };
                (0..4).map(task).collect::<Vec<_>>()
            })
        };
        thread::scope(|scope| {
            let other = scope.spawn(|| tasks.iter().rev().filter(|task| task.cancel()).count());
            let here = tasks.iter().filter(|task| task.cancel()).count();
            cancelled += here + other.join().unwrap();
        });
        runtime.block_on(drained(&executor));
    }
    let stats = executor.stats();
    assert_eq!(stats.cancelled, cancelled as u64);
    assert_eq!(stats.completed, u64::from(ran.load(Ordering::SeqCst)));
    assert_eq!(stats.completed + stats.cancelled, 2_000);
}
