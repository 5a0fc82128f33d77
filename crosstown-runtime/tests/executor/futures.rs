//! Futures that share the tasks that poll them first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crosstown_runtime::{Executor, Outcome, Task, crosstown_traffic};
use tokio::runtime::Handle;
use tokio::sync::Barrier;
use tokio::task::block_in_place;

use crate::support::{
    block_until, drained, limited, one_thread, outcome, respond, runtime, runtime_of, until,
};

/// Registers a future that is ready at once and counts itself.
fn counted(count: &Arc<AtomicUsize>) {
    let count = Arc::clone(count);
    let future = async move { _ = count.fetch_add(1, Ordering::SeqCst) };
    Task::future(future).follow_response();
}

/// Registers a future that blocks its thread until `count` is `others`.
fn blocking(count: &Arc<AtomicUsize>, others: usize) {
    let count = Arc::clone(count);
    let future = async move { block_until(|| count.load(Ordering::SeqCst) == others) };
    Task::future(future).follow_response();
}

/// Where nobody else could come to help, no other is asked.
#[test]
fn on_one_worker_one_task_polls_the_futures_of_all_responses() {
    let (executor, count) = (Executor::new(), Arc::default());
    one_thread().block_on(async {
        let alive = || Handle::current().metrics().num_alive_tasks();
        for _ in 0..3 {
            respond(&executor, || (0..100).for_each(|_| counted(&count)));
            assert_eq!(alive(), 1);
        }
        // It is in the midst of them.
        tokio::task::yield_now().await;
        let ended = count.load(Ordering::SeqCst);
        assert!((1..300).contains(&ended), "{ended}");
        respond(&executor, || (0..100).for_each(|_| counted(&count)));
        assert_eq!(alive(), 1);
        assert_eq!(drained(&executor).await.completed, 400);
        assert_eq!(alive(), 0);
    });
}

#[test]
fn a_future_that_blocks_its_thread_holds_up_no_other() {
    for at in [0, 1, 50, 99, 100] {
        let (executor, count) = (Executor::new(), Arc::default());
        let runtime = runtime();
        let executor_of_task = executor.clone();
        let request = runtime.spawn(async move {
            respond(&executor_of_task, || {
                (0..at).for_each(|_| counted(&count));
                blocking(&count, 100);
                (at..100).for_each(|_| counted(&count));
            });
        });
        runtime.block_on(async {
            request.await.unwrap();
            assert_eq!(drained(&executor).await.completed, 101);
        });
    }
}

/// One driver polls all of them, each in the place of the one before.
#[test]
fn each_future_of_a_loop_ends_as_itself_whatever_became_of_the_one_before() {
    let (executor, held) = (Executor::new(), Arc::new(()));
    let of_a_loop = |number: usize| {
        let held = Arc::clone(&held);
        #[crosstown_traffic]
        async fn of_a_loop() -> Result<(), String> {
            let _held = held;
            match number % 5 {
                0 => Ok(()),
                1 => Err(number.to_string()),
                2 => panic!("{number}"),
                3 => {
                    tokio::task::yield_now().await;
                    Err(number.to_string())
                }
                _ => unreachable!("it is cancelled"),
            }
        }
        if number % 5 == 4 {
            assert!(of_a_loop.cancel());
        }
        of_a_loop
    };
    let of_another_type = |number: usize| {
        let future = async move { Err::<(), _>(number) };
        Task::future(future).follow_response()
    };
    one_thread().block_on(async {
        let tasks = respond(&executor, || {
            let task = |number| match number % 7 {
                6 => of_another_type(number),
                _ => of_a_loop(number),
            };
            (0..140).map(task).collect::<Vec<_>>()
        });
        drained(&executor).await;
        for (number, task) in tasks.iter().enumerate() {
            let text = number.to_string();
            match outcome(task) {
                Outcome::Completed => assert_eq!(number % 5, 0),
                Outcome::Panicked(panicked) => {
                    assert_eq!((number % 5, panicked.message()), (2, &*text));
                }
                Outcome::Failed(failed) => {
                    assert!(number % 7 == 6 || matches!(number % 5, 1 | 3));
                    assert_eq!(failed.message(), text);
                }
                Outcome::Cancelled => assert_eq!(number % 5, 4),
                other => panic!("{number}: {other:?}"),
            }
        }
        assert_eq!(Arc::strong_count(&held), 1, "a future is held on to");
    });
}

/// Has a response followed by futures each of which waits, on a thread of its own,
/// until all of them have begun.
fn wait_for_each_other(workers: usize, futures: usize, wait: fn(&dyn Fn())) {
    let (executor, begun) = (Executor::new(), Arc::<AtomicUsize>::default());
    let runtime = runtime_of(workers);
    let executor_of_task = executor.clone();
    let future = move || {
        let begun = Arc::clone(&begun);
        let all = move || {
            begun.fetch_add(1, Ordering::SeqCst);
            block_until(|| begun.load(Ordering::SeqCst) == futures);
        };
        Task::future(async move { wait(&all) }).follow_response();
    };
    let request = runtime.spawn(async move {
        respond(&executor_of_task, || (0..futures).for_each(|_| future()));
    });
    runtime.block_on(async {
        request.await.unwrap();
        assert_eq!(drained(&executor).await.completed, futures as u64);
    });
}

#[test]
fn futures_that_leave_their_workers_to_others_hold_up_none() {
    // More than there are workers.
    wait_for_each_other(2, 8, |all| block_in_place(all));
}

#[test]
fn futures_that_block_their_threads_leave_none_idle() {
    for workers in [2, 3, 8] {
        wait_for_each_other(workers, workers, |all| all());
    }
}

#[test]
fn a_future_that_blocks_its_thread_holds_up_no_later_response() {
    let (executor, count) = (Executor::new(), Arc::default());
    runtime().block_on(async {
        respond(&executor, || {
            blocking(&count, 3);
            counted(&count);
        });
        // Of the two drivers one is held, and the other finds no more.
        until(|| count.load(Ordering::SeqCst) == 1).await;
        respond(&executor, || (0..2).for_each(|_| counted(&count)));
        assert_eq!(drained(&executor).await.completed, 4);
    });
}

#[test]
fn others_have_their_turn_between_many_futures() {
    let (executor, count) = (Executor::new(), Arc::default());
    let single = one_thread();
    single.block_on(async {
        respond(&executor, || (0..10_000).for_each(|_| counted(&count)));
        let seen = Arc::clone(&count);
        let other = tokio::spawn(async move { seen.load(Ordering::SeqCst) });
        let seen = other.await.unwrap();
        assert!(seen < 1_000, "{seen} futures came first");
    });
}

/// Behind the last future of a driver's turn comes a task that keeps the
/// worker, and with it the driver, until another future has been polled.
#[test]
fn a_driver_that_has_had_its_turn_keeps_no_place() {
    const POLLS_A_TURN: usize = 32;
    let (executor, count) = (limited(1), Arc::default());
    runtime().block_on(async {
        let keeps_the_worker = respond(&executor, || {
            (1..POLLS_A_TURN).for_each(|_| counted(&count));
            let (send, receive) = tokio::sync::oneshot::channel();
            let polled = Arc::clone(&count);
            let last = async move {
                let others = move || block_until(|| polled.load(Ordering::SeqCst) == POLLS_A_TURN);
                _ = send.send(tokio::spawn(async move { others() }));
            };
            Task::future(last).follow_response();
            counted(&count);
            receive
        });
        drained(&executor).await;
        keeps_the_worker.await.unwrap().await.unwrap();
    });
}

#[test]
fn a_future_that_waits_gives_its_driver_to_the_next() {
    let (executor, count) = (Executor::new(), Arc::default());
    let single = one_thread();
    let (open, opened) = tokio::sync::oneshot::channel::<()>();
    single.block_on(async {
        respond(&executor, || {
            Task::future(async { _ = opened.await }).follow_response();
            counted(&count);
        });
        until(|| count.load(Ordering::SeqCst) == 1).await;
        open.send(()).unwrap();
        assert_eq!(drained(&executor).await.completed, 2);
    });
}

#[test]
fn a_runtime_that_ends_between_the_turns_loses_no_future() {
    let mut cut_off = 0;
    for turns in 1..10 {
        let (executor, count) = (Executor::new(), Arc::default());
        let single = one_thread();
        single.block_on(async {
            respond(&executor, || (0..10_000).for_each(|_| counted(&count)));
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        });
        drop(single);
        let stats = executor.stats();
        assert_eq!(stats.unfinished(), 0, "{stats:?}");
        assert_eq!(stats.completed + stats.skipped.shut_down, 10_000);
        assert_eq!(stats.completed, count.load(Ordering::SeqCst) as u64);
        cut_off += stats.skipped.shut_down;
    }
    assert!(cut_off > 0, "it always ended too late");
}

#[test]
fn a_future_alone_takes_a_place_and_gives_it_to_the_next() {
    let (executor, count) = (limited(1), Arc::default());
    let (open, opened) = tokio::sync::oneshot::channel::<()>();
    let single = one_thread();
    single.block_on(async {
        respond(&executor, || {
            Task::future(async { _ = opened.await }).follow_response()
        });
        respond(&executor, || counted(&count));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count.load(Ordering::SeqCst), 0, "there is one place");
        open.send(()).unwrap();
        assert_eq!(drained(&executor).await.completed, 2);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn each_place_that_comes_free_goes_to_a_future_that_waits() {
    let executor = limited(2);
    let most = Arc::new(AtomicUsize::new(0));
    let running = Arc::new(AtomicUsize::new(0));
    // None ends before another is there, too: else a system that is busy may run
    // them one by one.
    let two = Arc::new(Barrier::new(2));
    runtime().block_on(async {
        respond(&executor, || {
            for _ in 0..1_000 {
                let (running, most) = (Arc::clone(&running), Arc::clone(&most));
                let two = Arc::clone(&two);
                let future = async move {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    two.wait().await;
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                Task::future(future).follow_response();
            }
        });
        assert_eq!(drained(&executor).await.completed, 1_000);
    });
    assert_eq!(most.load(Ordering::SeqCst), 2);
}
