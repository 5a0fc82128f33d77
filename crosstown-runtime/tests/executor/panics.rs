//! Panics of the user's, wherever they come from.

use std::fmt;

use crosstown_runtime::{Executor, Outcome, Registration, Task, follow_response};

use crate::support::{PanicsOnDrop, drained, limited, panics, respond, runtime, within_reason};

fn panicked(register: impl FnOnce() -> Registration) -> String {
    let executor = limited(1);
    runtime().block_on(async {
        let task = respond(&executor, || {
            let task = register();
            // The one behind it must not suffer.
            follow_response(|| ());
            Task::future(async {}).follow_response();
            task
        });
        let outcome = within_reason(task.outcome()).await;
        let stats = drained(&executor).await;
        assert_eq!((stats.completed, stats.panicked), (2, 1), "{outcome:?}");
        match outcome {
            Outcome::Panicked(panic) => panic.message().to_owned(),
            other => panic!("{other:?}"),
        }
    })
}

struct RudeError;

impl fmt::Display for RudeError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a rude error")
    }
}

#[test]
fn of_a_closure() {
    assert_eq!(panicked(|| follow_response(|| panics("oh"))), "oh");
}

#[test]
fn of_a_closure_on_the_thread_of_its_response() {
    let task = Task::new(|| panics("oh")).same_thread(true);
    assert_eq!(panicked(|| task.follow_response()), "oh");
}

#[test]
fn of_a_future() {
    let body = async {
        tokio::task::yield_now().await;
        panics("oh, late");
    };
    assert_eq!(
        panicked(|| Task::future(body).follow_response()),
        "oh, late"
    );
}

#[test]
fn of_the_closure_that_makes_a_future() {
    fn rude(_: crosstown_runtime::Sent) -> std::future::Ready<()> {
        panic!("oh")
    }
    let task = Task::future_with_sent(rude);
    assert_eq!(panicked(|| task.follow_response()), "oh");
}

#[test]
fn with_a_payload_that_panics_when_it_is_dropped() {
    let body = || {
        if true {
            std::panic::panic_any(PanicsOnDrop);
        }
    };
    let message = panicked(|| follow_response(body));
    assert!(message.contains("no text"), "{message}");
}

#[test]
fn of_the_destructor_of_a_capture() {
    let rude = PanicsOnDrop;
    let body = move || {
        let _rude = rude;
    };
    assert_eq!(panicked(|| follow_response(body)), "a rude destructor");
}

#[test]
fn of_the_destructor_of_a_future_that_has_ended() {
    struct Rude(PanicsOnDrop);
    impl Future for Rude {
        type Output = ();
        fn poll(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<()> {
            let _ = &self.0;
            std::task::Poll::Ready(())
        }
    }
    let task = Task::future(Rude(PanicsOnDrop));
    assert_eq!(panicked(|| task.follow_response()), "a rude destructor");
}

#[test]
fn of_an_error_that_can_not_be_displayed() {
    assert_eq!(
        panicked(|| follow_response(|| Err(RudeError))),
        "a rude error"
    );
    let task = Task::future(async { Err(RudeError) });
    assert_eq!(panicked(|| task.follow_response()), "a rude error");
}

#[test]
fn of_a_rule() {
    let task = Task::new(|| panics("it ran")).when(|_| panic!("a rude rule"));
    assert_eq!(panicked(|| task.follow_response()), "a rude rule");
}

#[test]
fn of_a_rule_leaves_the_counts_sound_at_once() {
    let executor = Executor::new();
    respond(&executor, || {
        Task::new(|| ())
            .when(|_| panic!("a rude rule"))
            .follow_response();
    });
    let stats = executor.stats();
    assert_eq!((stats.panicked, stats.unfinished()), (1, 0));
}

#[test]
fn of_the_destructor_of_a_rule() {
    let rude = PanicsOnDrop;
    let task = Task::new(|| panics("it ran")).when(move |_| {
        let _ = &rude;
        true
    });
    assert_eq!(panicked(|| task.follow_response()), "a rude destructor");
}

#[test]
fn of_the_destructor_of_a_rule_that_is_never_asked() {
    let (executor, rude) = (Executor::new(), PanicsOnDrop);
    crate::support::respond_with(&executor, http::StatusCode::CONFLICT, || {
        let rule = move |_: &crosstown_runtime::Sent| {
            let _ = &rude;
            true
        };
        Task::new(|| ()).when(rule).follow_response();
        follow_response(|| ());
    });
    assert_eq!(executor.stats().skipped.no_go, 2);
}

#[cfg(feature = "tracing")]
#[test]
fn of_a_subscriber_leaves_the_task_counted() {
    use tracing::span;

    struct Rude;
    impl tracing::Subscriber for Rude {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            panic!("a rude subscriber")
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {
            panic!("a rude subscriber")
        }
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {
            panic!("a rude subscriber")
        }
        fn event(&self, _: &tracing::Event<'_>) {
            panic!("a rude subscriber")
        }
        fn enter(&self, _: &span::Id) {
            panic!("a rude subscriber")
        }
        fn exit(&self, _: &span::Id) {
            panic!("a rude subscriber")
        }
    }
    let executor = Executor::new();
    tracing::subscriber::with_default(Rude, || {
        respond(&executor, || {
            let task = Task::new(|| Err("heard by nobody")).same_thread(true);
            task.follow_response();
            Task::new(|| ()).same_thread(true).follow_response();
            Task::new(|| ()).when(|_| false).follow_response();
        });
    });
    let stats = executor.stats();
    assert_eq!(
        (stats.failed, stats.completed, stats.skipped.when),
        (1, 1, 1)
    );
    assert_eq!(stats.unfinished(), 0);
}
