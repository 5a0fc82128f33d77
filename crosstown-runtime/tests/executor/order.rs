//! Who is next.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crosstown_runtime::{
    Executor, Outcome, Registration, ScopeHandle, Sent, Task, WhenFull, follow_response,
};
use http::StatusCode;
use tokio::sync::Notify;

use crate::support::{
    Gate, drained, limited, one_thread, outcome, places, respond, respond_with, runtime,
    within_reason,
};

/// Tasks that write down that they ran.
#[derive(Clone, Default)]
struct Record(Arc<Mutex<Vec<u32>>>);

impl Record {
    fn closure(&self, number: u32) -> Registration {
        let record = self.clone();
        Task::new(move || record.0.lock().unwrap().push(number)).follow_response()
    }

    fn future(&self, number: u32) -> Registration {
        let record = self.clone();
        Task::future(async move { record.0.lock().unwrap().push(number) }).follow_response()
    }

    fn taken(&self) -> Vec<u32> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[test]
fn of_several_rules_each_must_say_yes_in_their_order() {
    for (said, starts) in [
        ([true, true], true),
        ([false, true], false),
        ([true, false], false),
    ] {
        let (executor, asked) = (Executor::new(), Record::default());
        let rule = |of: u32| {
            let asked = asked.clone();
            move |_: &Sent| {
                asked.0.lock().unwrap().push(of);
                said[of as usize]
            }
        };
        let task = respond(&executor, || {
            let task = Task::new(|| ()).same_thread(true);
            task.when(rule(0)).when(rule(1)).follow_response()
        });
        assert_eq!(outcome(&task) == Outcome::Completed, starts, "{said:?}");
        let all: &[u32] = if said[0] { &[0, 1] } else { &[0] };
        assert_eq!(asked.taken(), all, "{said:?}");
    }
}

/// Takes the one place for closures.
fn occupy(executor: &Executor) -> Gate {
    let (gate, started) = (Gate::default(), Gate::default());
    respond(executor, || follow_response(gate.body(&started)));
    started.wait();
    gate
}

#[test]
fn the_closures_of_a_response_start_in_registration_order() {
    let (executor, record) = (limited(1), Record::default());
    runtime().block_on(async {
        respond(&executor, || (0..100).for_each(|n| drop(record.closure(n))));
        drained(&executor).await;
    });
    assert_eq!(record.taken(), Vec::from_iter(0..100));
}

#[test]
fn closures_on_the_thread_of_their_response_run_in_registration_order_before_it_goes_on() {
    let (executor, record) = (Executor::new(), Record::default());
    let task = |n| {
        let record = record.clone();
        let task = Task::new(move || record.0.lock().unwrap().push(n));
        drop(task.same_thread(true).follow_response());
    };
    respond(&executor, || (0..100).for_each(task));
    assert_eq!(record.taken(), Vec::from_iter(0..100));
}

#[test]
fn responses_of_any_size_follow_each_other_and_lie_within_each_other_on_one_thread() {
    let record = Record::default();
    let responded = |status, tasks: Range<u32>, within: &dyn Fn()| {
        let executor = Executor::new();
        respond_with(&executor, status, || {
            for number in tasks.clone() {
                let record = record.clone();
                let task = Task::new(move || record.0.lock().unwrap().push(number));
                drop(task.same_thread(true).follow_response());
                if number == tasks.start {
                    within();
                }
            }
        });
        let stats = executor.stats();
        assert_eq!(stats.registered, u64::from(tasks.end - tasks.start));
        assert_eq!(stats.unfinished(), 0);
    };
    let ok = StatusCode::OK;
    for most in [9, 1, 100, 8, 300, 2, 256, 16, 257, 17] {
        responded(ok, 0..most, &|| responded(ok, 1000..1040, &|| ()));
        let expected = Vec::from_iter((1000..1040).chain(0..most));
        assert_eq!(record.taken(), expected, "{most} tasks around 40");

        responded(StatusCode::NOT_FOUND, 0..most, &|| ());
        assert!(record.taken().is_empty(), "{most} tasks after a 404");
    }
}

#[test]
fn the_futures_of_a_response_start_in_registration_order() {
    let (executor, record) = (limited(1), Record::default());
    runtime().block_on(async {
        respond(&executor, || (0..100).for_each(|n| drop(record.future(n))));
        drained(&executor).await;
    });
    assert_eq!(record.taken(), Vec::from_iter(0..100));
}

#[test]
fn of_a_long_list_the_first_run_in_order_and_what_finds_no_room_is_rejected() {
    for room in [0, 1, 31, 32, 33, 64, 99, 100, 101] {
        let builder = Executor::builder().max_blocking(places(1));
        let executor = builder.queue_limit(room, WhenFull::Reject).build();
        let record = Record::default();
        let (ran, rejected) = runtime().block_on(async {
            let gate = occupy(&executor);
            respond(&executor, || (0..100).for_each(|n| drop(record.closure(n))));
            gate.open();
            let stats = drained(&executor).await;
            (stats.completed - 1, stats.skipped.queue_full)
        });
        let first = room.min(100) as u32;
        assert_eq!(record.taken(), Vec::from_iter(0..first));
        assert_eq!((ran, rejected), (first.into(), u64::from(100 - first)));
    }
}

#[test]
fn one_task_waits_for_one_of_the_ten_thousand_of_another_response() {
    let (executor, record) = (limited(1), Record::default());
    runtime().block_on(async {
        let gate = occupy(&executor);
        respond(&executor, || {
            (0..10_000).for_each(|n| drop(record.closure(n)));
        });
        respond(&executor, || record.closure(77_777));
        gate.open();
        drained(&executor).await;
    });
    let place = record.taken().iter().position(|n| *n == 77_777);
    assert_eq!(
        place,
        Some(1),
        "behind the first task of the first response"
    );
}

#[test]
fn one_future_waits_for_one_of_the_ten_thousand_of_another_response() {
    let (executor, record) = (limited(1), Record::default());
    let single = one_thread();
    single.block_on(async {
        respond(&executor, || {
            (0..10_000).for_each(|n| drop(record.future(n)));
        });
        respond(&executor, || record.future(77_777));
        drained(&executor).await;
    });
    let place = record.taken().iter().position(|n| *n == 77_777);
    // The first of the ten thousand was there before it.
    assert_eq!(place, Some(1));
}

#[test]
fn one_task_waits_for_one_of_the_thousand_that_another_response_has_late() {
    let (executor, record) = (limited(1), Record::default());
    runtime().block_on(async {
        let gate = occupy(&executor);
        let late = [(); 2].map(|()| respond(&executor, || ScopeHandle::current().unwrap()));
        // In turn, so that they are not next to each other.
        for n in 0..500 {
            for (response, handle) in (0..).zip(&late) {
                handle.enter(|| drop(record.closure(response * 500 + n)));
            }
        }
        respond(&executor, || record.closure(77_777));
        gate.open();
        drained(&executor).await;
    });
    let ran = record.taken();
    assert_eq!(ran[..6], [0, 500, 77_777, 1, 501, 2]);
    assert_eq!(ran.len(), 1001);
    assert!(ran.iter().filter(|n| **n < 500).is_sorted());
    assert!(ran.iter().filter(|n| **n >= 500 && **n < 1000).is_sorted());
}

#[test]
fn one_future_waits_for_one_of_the_thousand_that_another_response_has_behind_gates() {
    let (executor, record) = (limited(1), Record::default());
    let (single, held) = (one_thread(), Arc::new(Notify::new()));
    single.block_on(async {
        let holds = Arc::clone(&held);
        respond(&executor, || {
            Task::future(async move { holds.notified().await }).follow_response();
        });
        respond(&executor, || {
            for number in 0..1000 {
                let record = record.clone();
                Task::future(async move { record.0.lock().unwrap().push(number) })
                    .also(std::future::ready(true))
                    .follow_response();
            }
        });
        // The gates are polled, and open.
        tokio::time::sleep(Duration::from_millis(10)).await;
        respond(&executor, || record.future(77_777));
        held.notify_one();
        drained(&executor).await;
    });
    let ran = record.taken();
    let expected: Vec<_> = [0, 77_777].into_iter().chain(1..1000).collect();
    assert_eq!(ran, expected);
}

#[test]
fn three_responses_take_turns() {
    let (executor, record) = (limited(1), Record::default());
    runtime().block_on(async {
        let gate = occupy(&executor);
        for response in 0..3 {
            respond(&executor, || {
                (0..3).for_each(|n| drop(record.closure(response * 10 + n)));
            });
        }
        gate.open();
        drained(&executor).await;
    });
    assert_eq!(record.taken(), [0, 10, 20, 1, 11, 21, 2, 12, 22]);
}

#[test]
fn tasks_for_this_thread_run_after_the_others_are_handed_out() {
    let (executor, gate) = (limited(1), Gate::default());
    runtime().block_on(async {
        // The first in order waits for the second: it runs only if the second
        // is handed out before.
        let opens = gate.clone();
        let task = respond(&executor, || {
            let task = Task::new(move || gate.wait()).same_thread(true);
            let task = task.follow_response();
            Task::new(move || opens.open()).follow_response();
            task
        });
        assert!(task.is_finished());
        within_reason(task.outcome()).await;
        drained(&executor).await;
    });
}
