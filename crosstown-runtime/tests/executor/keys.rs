//! Of several tasks with one key, the last.

use std::sync::{Arc, Mutex};

use crosstown_runtime::{
    Executor, Outcome, Phase, ResponseScope, ScopeHandle, Skip, Task, follow_response,
};
use http::StatusCode;

use crate::support::{Gate, PanicsOnDrop, drained, limited, now, outcome, respond, runtime};

const REPLACED: Outcome = Outcome::Skipped(Skip::Replaced);

#[test]
fn only_the_last_task_of_a_key_runs_and_the_earlier_ones_end_at_once() {
    runtime().block_on(async {
        let (executor, ran) = (Executor::new(), Arc::new(Mutex::new(Vec::new())));
        respond(&executor, || {
            let mut earlier = None;
            for n in 0..10 {
                let ran = Arc::clone(&ran);
                let task = Task::new(move || ran.lock().unwrap().push(n)).key("seen");
                let task = task.follow_response();
                if let Some(earlier) = earlier.replace(task) {
                    assert_eq!(outcome(&earlier), REPLACED);
                }
            }
        });
        let stats = drained(&executor).await;
        assert_eq!(*ran.lock().unwrap(), [9]);
        assert_eq!((stats.completed, stats.skipped.replaced), (1, 9));
    });
}

#[test]
fn other_keys_other_responses_and_tasks_without_a_key_are_left_alone() {
    runtime().block_on(async {
        let executor = Executor::new();
        for _ in 0..2 {
            respond(&executor, || {
                Task::new(|| ()).key("a").follow_response();
                Task::new(|| ()).key(String::from("b")).follow_response();
                Task::future(async {}).key("c").follow_response();
                follow_response(|| ());
            });
        }
        assert_eq!(drained(&executor).await.completed, 8);
    });
}

#[test]
fn a_closure_can_replace_a_future_and_a_task_of_another_phase() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            Task::new(|| ())
                .phase(Phase::Head)
                .key("a")
                .follow_response();
            Task::future(async {}).key("a").follow_response();
            Task::new(|| ()).key("a").follow_response();
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.skipped.replaced), (1, 2));
    });
}

#[test]
fn a_task_that_was_cancelled_is_not_replaced_and_brings_none_back() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            Task::new(|| ()).key("a").follow_response();
            Task::new(|| ()).key("a").follow_response().cancel();
            let last = Task::new(|| ()).key("b").follow_response();
            last.cancel();
            Task::new(|| ()).key("b").follow_response();
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.cancelled, stats.skipped.replaced), (2, 1));
        assert_eq!(stats.completed, 1);
    });
}

#[test]
fn what_has_begun_is_not_replaced_and_what_waits_for_a_thread_is() {
    runtime().block_on(async {
        let (executor, gate, started) = (limited(1), Gate::default(), Gate::default());
        let scope = ResponseScope::new().executor(executor.clone());
        let handle = scope.handle();
        let ((first, second), pending) = now(scope.run(async {
            let first = Task::new(gate.body(&started)).key("first");
            let first = first.follow_response();
            (first, Task::new(|| ()).key("second").follow_response())
        }));
        pending.respond(StatusCode::OK).sent();
        started.wait();
        // As work that carried the scope beyond the response would do.
        let late = |handle: &ScopeHandle, key| {
            handle.enter(|| Task::new(|| ()).key(key).follow_response())
        };
        late(&handle, "first");
        late(&handle, "second");
        assert!(!first.is_finished());
        assert_eq!(outcome(&second), REPLACED);
        gate.open();
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.skipped.replaced), (3, 1));
    });
}

#[test]
fn a_body_whose_destructor_panics_can_be_replaced() {
    let executor = Executor::new();
    respond(&executor, || {
        let rude = PanicsOnDrop;
        Task::new(move || drop(rude)).key("a").follow_response();
        let last = Task::new(|| ()).key("a").same_thread(true);
        last.follow_response();
    });
    let stats = executor.stats();
    assert_eq!((stats.completed, stats.skipped.replaced), (1, 1));
}

#[test]
fn where_no_response_is_in_progress_a_key_means_nothing() {
    for _ in 0..2 {
        let task = Task::new(|| ()).key("outside").follow_response();
        assert_eq!(outcome(&task), Outcome::Completed);
    }
}

#[cfg(feature = "macros")]
#[test]
fn the_attribute_takes_a_format_string_as_key_and_a_future_as_gate() {
    use crosstown_runtime::crosstown_traffic;

    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            for id in [7, 8, 7] {
                #[crosstown_traffic(key = "order-{id}")]
                fn place_order() {
                    assert!(id > 0);
                }
            }
            let committed = async { false };
            #[crosstown_traffic(also = committed, on_abort = "skip")]
            async fn tell_of_it() {}
        });
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.skipped.replaced), (2, 1));
        assert_eq!(stats.skipped.aborted, 1);
    });
}

/// Registers a task with another response when it is dropped.
struct RegistersElsewhere(ScopeHandle);

impl Drop for RegistersElsewhere {
    fn drop(&mut self) {
        self.0
            .enter(|| Task::new(|| ()).name("elsewhere").follow_response());
    }
}

#[test]
fn what_a_replaced_task_held_may_register_with_another_response() {
    runtime().block_on(async {
        let (executor, other) = (Executor::new(), Executor::new());
        let scope = ResponseScope::new().executor(other.clone());
        let held = RegistersElsewhere(scope.handle());
        respond(&executor, || {
            Task::new(move || drop(held)).key("a").follow_response();
            Task::new(|| ()).key("a").follow_response();
        });
        assert_eq!(drained(&executor).await.skipped.replaced, 1);
        assert_eq!(executor.stats().registered, 2);
        assert_eq!(other.stats().registered, 1);
        drop(scope);
    });
}

#[test]
fn a_task_that_can_never_start_replaces_the_earlier_one_too() {
    runtime().block_on(async {
        let executor = Executor::new();
        respond(&executor, || {
            let earlier = Task::new(|| ()).key("a").follow_response();
            let last = Task::new(|| ()).phase(Phase::Delivered).key("a");
            let last = last.follow_response();
            assert_eq!(outcome(&earlier), REPLACED);
            assert_eq!(outcome(&last), Outcome::Skipped(Skip::Undeliverable));
        });
        assert_eq!(drained(&executor).await.completed, 0);
    });
}
