//! Tasks of one response that are not all of one kind, and what each keeps for
//! itself where they are.

use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Instant;

use crosstown_runtime::{Outcome, Registration, Sent, Skip, Task, crosstown_traffic};
use http::StatusCode;

use crate::support::{drained, limited, outcome, respond, respond_with, runtime};

type Threads = Arc<Mutex<Vec<ThreadId>>>;

fn usual(threads: &Threads) -> Registration {
    let threads = Arc::clone(threads);
    #[crosstown_traffic]
    fn usual() {
        threads.lock().unwrap().push(thread::current().id());
    }
    usual
}

/// What differs about one task, and its outcome.
type Odd = (fn(&Threads) -> Registration, Outcome);

const ODD: [Odd; 4] = [
    (no_go, Outcome::Skipped(Skip::NoGo(StatusCode::OK))),
    (delivered, Outcome::Skipped(Skip::Undeliverable)),
    (same_thread, Outcome::Completed),
    (future, Outcome::Completed),
];

fn no_go(threads: &Threads) -> Registration {
    let threads = Arc::clone(threads);
    #[crosstown_traffic(no_go = ["2xx"])]
    fn no_go() {
        threads.lock().unwrap().push(thread::current().id());
    }
    no_go
}

fn delivered(threads: &Threads) -> Registration {
    let threads = Arc::clone(threads);
    #[crosstown_traffic(phase = "delivered")]
    fn delivered() {
        threads.lock().unwrap().push(thread::current().id());
    }
    delivered
}

fn same_thread(threads: &Threads) -> Registration {
    let here = thread::current().id();
    let threads = Arc::clone(threads);
    #[crosstown_traffic(same_thread = true)]
    fn same_thread() {
        assert_eq!(thread::current().id(), here);
        threads.lock().unwrap().push(here);
    }
    same_thread
}

fn future(threads: &Threads) -> Registration {
    let threads = Arc::clone(threads);
    #[crosstown_traffic]
    async fn future() {
        threads.lock().unwrap().push(thread::current().id());
    }
    future
}

#[test]
fn a_task_that_differs_from_the_others_of_its_response_is_treated_as_itself() {
    const TASKS: usize = 5;
    runtime().block_on(async {
        for (odd, expected) in ODD {
            for place in 0..TASKS {
                let (executor, threads) = (limited(1), Threads::default());
                let tasks = respond(&executor, || {
                    let task = |n| {
                        if n == place {
                            odd(&threads)
                        } else {
                            usual(&threads)
                        }
                    };
                    (0..TASKS).map(task).collect::<Vec<_>>()
                });
                drained(&executor).await;
                for (n, task) in tasks.iter().enumerate() {
                    let expected = if n == place {
                        &expected
                    } else {
                        &Outcome::Completed
                    };
                    assert_eq!(outcome(task), *expected, "{task:?} at {place}");
                }
                let here = thread::current().id();
                let threads = threads.lock().unwrap();
                let ran_here = threads.iter().filter(|id| **id == here).count();
                let is_same_thread = tasks[place].name() == "same_thread";
                assert_eq!(ran_here, usize::from(is_same_thread));
            }
        }
    });
}

/// What a task finds: its response's status, and when it was registered.
type Seen = (Option<StatusCode>, Instant);

#[test]
fn tasks_on_one_thread_each_see_their_own_registration_and_response() {
    runtime().block_on(async {
        let (executor, seen) = (limited(1), Arc::new(Mutex::new(Vec::<(Seen, Seen)>::new())));
        for status in [StatusCode::OK, StatusCode::CREATED, StatusCode::ACCEPTED] {
            for same_thread in [true, false] {
                respond_with(&executor, status, || {
                    for _ in 0..3 {
                        let (seen, registering) = (Arc::clone(&seen), Instant::now());
                        let body = move || {
                            let sent = Sent::current().unwrap();
                            let found = (sent.status(), sent.registered_at());
                            let expected = (Some(status), registering);
                            seen.lock().unwrap().push((found, expected));
                        };
                        Task::new(body).same_thread(same_thread).follow_response();
                        while Instant::now() == registering {}
                    }
                });
            }
        }
        drained(&executor).await;
        let mut seen = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(seen.len(), 18);
        seen.sort_by_key(|(_, (_, registering))| *registering);
        for (task, next) in seen.iter().zip(seen.iter().skip(1)) {
            let ((status, registered), (expected, registering)) = *task;
            assert_eq!(status, expected);
            let (_, (_, next)) = *next;
            assert!(registering <= registered && registered <= next);
        }
    });
}
