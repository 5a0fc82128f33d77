//! What is allocated is freed, to the byte. A program of its own, whose tests run
//! one after another: the allocations of all threads are counted.

use std::alloc::System;
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crosstown_runtime::{Executor, ResponseScope, ScopeHandle, Stats, Task, WhenFull};
use http::StatusCode;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Held by the test that counts.
static COUNTING: Mutex<()> = Mutex::new(());

/// For the room that empty queues keep. Less than a byte for each task.
const SLACK: usize = 64 << 10;

fn live() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Bytes that are allocated when threads have put away what they did last.
fn settled(at_most: usize) -> usize {
    let until = Instant::now() + Duration::from_secs(5);
    while live() > at_most && Instant::now() < until {
        std::thread::yield_now();
    }
    live()
}

/// Sends a response that is followed by what `handler` registers.
fn respond(executor: &Executor, handler: impl FnOnce()) {
    let scope = ResponseScope::new().executor(executor.clone());
    let response = pin!(scope.run(async { handler() }));
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(((), pending)) = response.poll(&mut cx) else {
        panic!("the handler does not wait")
    };
    pending.respond(StatusCode::OK).sent();
}

/// Lets this many responses, each with tasks of every kind, wait at once.
async fn peak(executor: &Executor, responses: usize) -> Stats {
    let (taken, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    respond(executor, || {
        for (taken, go) in [(); 2].map(|()| (taken.clone(), go.clone())) {
            let holds_place = async move {
                taken.add_permits(1);
                drop(go.acquire().await);
            };
            Task::future(holds_place).follow_response();
        }
    });
    drop(taken.acquire_many(2).await);
    for number in 0..responses {
        respond(executor, || {
            Task::new(|| ()).follow_response();
            let fails = Task::new(|| Err("an error")).key(number.to_string());
            fails.follow_response();
            Task::new(|| ()).follow_response().cancel();
            Task::future(async {}).follow_response();
            let opens = Arc::clone(&go);
            let opens = async move { drop(opens.acquire().await) };
            Task::new(|| ()).also(opens).follow_response();
        });
    }
    go.add_permits(1);
    let drained = executor.drain(Duration::from_secs(60)).await;
    assert!(drained.is_complete(), "{:?}", drained.unfinished());
    drained.stats()
}

#[test]
fn a_peak_of_tasks_leaves_nothing_in_memory() {
    let _alone = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
    // With one worker: its queues don't grow, as that of a current-thread
    // runtime does.
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    let places = NonZeroUsize::new(2).unwrap();
    let builder = || Executor::builder().max_blocking(places).max_async(places);
    for when_full in [WhenFull::Wait, WhenFull::RunInline] {
        let executor = builder().queue_limit(1_000, when_full).build();
        runtime.block_on(async {
            peak(&executor, 5_000).await;
            let before = live();
            let stats = peak(&executor, 20_000).await;
            let after = settled(before + SLACK);
            println!("{before} bytes before, {after} after");
            assert_eq!(stats.registered, 25_000 * 5 + 4);
            assert!(after <= before + SLACK, "{before} before, {after} after");
        });
    }
}

/// Has `register` register many tasks with a response, each of which ends at once.
fn end_many(response: &ScopeHandle, what: &str, register: impl Fn(usize, Task)) {
    let before = live();
    for number in 0..20_000 {
        let captured = [number; 32];
        let task = Task::new(move || assert_eq!(captured[0], number));
        response.enter(|| register(number, task.same_thread(true)));
    }
    let after = live();
    println!("{what}: {before} bytes before, {after} after");
    assert!(after <= before + SLACK, "{before} before, {after} after");
}

#[test]
fn what_has_ended_leaves_nothing_in_memory_while_its_response_or_handle_lasts() {
    let _alone = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
    let executor = Executor::new();
    let scope = ResponseScope::new().executor(executor.clone());
    let response = scope.handle();
    let handler = pin!(scope.run(async {}));
    let Poll::Ready(((), pending)) = handler.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the handler does not wait")
    };
    // A stream of events.
    let in_flight = pending.respond(StatusCode::OK);
    end_many(&response, "replaced", |_, task| {
        task.key("last seen").follow_response();
    });
    end_many(&response, "cancelled", |_, task| {
        task.follow_response().cancel();
    });
    end_many(&response, "cancelled with keys", |number, task| {
        task.key(number.to_string()).follow_response().cancel();
    });
    assert_eq!(executor.stats().pending, 1, "{:?}", executor.stats());
    // What carried the scope beyond the response.
    drop(in_flight.sent());
    end_many(&response, "late with keys", |number, task| {
        task.key(number.to_string()).follow_response();
    });
    assert_eq!(executor.stats().completed, 20_001);
}
