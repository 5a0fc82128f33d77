//! Panics of the user's, wherever they come from.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use crosstown_runtime::{Executor, Outcome, Registration, ResponseScope, Task, follow_response};

use crate::support::{
    LONG, PanicsOnDrop, drained, limited, now, panics, respond, runtime, within_reason,
};

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

#[test]
fn of_the_destructors_of_rules_that_are_not_asked_after_another() {
    let rule = |says: fn() -> bool| {
        let rude = PanicsOnDrop;
        move |_: &crosstown_runtime::Sent| {
            std::mem::forget(rude);
            says()
        }
    };
    let executor = Executor::new();
    let registered = |first: fn() -> bool| {
        let task = Task::new(|| panics("it ran")).when(rule(first));
        task.when(rule(|| true))
            .when(rule(|| true))
            .follow_response()
    };
    let no = respond(&executor, || registered(|| false));
    assert_eq!(
        now(no.outcome()),
        Outcome::Skipped(crosstown_runtime::Skip::When)
    );
    let panicked = respond(&executor, || registered(|| panic!("a rude rule")));
    match now(panicked.outcome()) {
        Outcome::Panicked(panic) => assert_eq!(panic.message(), "a rude rule"),
        other => panic!("{other:?}"),
    }
    let cancelled = respond(&executor, || {
        let task = registered(|| true);
        assert!(task.cancel());
        task
    });
    assert_eq!(now(cancelled.outcome()), Outcome::Cancelled);
}

struct RudeWaker;

impl Wake for RudeWaker {
    fn wake(self: Arc<Self>) {
        std::panic::panic_any(PanicsOnDrop);
    }
}

#[test]
fn of_a_waker_loses_neither_the_task_nor_the_drain_nor_the_others() {
    let executor = Executor::new();
    let waker = Waker::from(Arc::new(RudeWaker));
    let mut cx = Context::from_waker(&waker);
    let runtime = runtime();
    let _in_runtime = runtime.enter();
    let scope = ResponseScope::new().executor(executor.clone());
    let handler = async { [(); 3].map(|()| follow_response(|| ())) };
    let (tasks, pending) = now(scope.run(handler));
    let mut waits = Box::pin(tasks[0].outcome());
    assert!(waits.as_mut().poll(&mut cx).is_pending());
    let mut drains = Box::pin(executor.drain(LONG));
    assert!(drains.as_mut().poll(&mut cx).is_pending());

    // They are skipped here, where a server would be.
    let responds = || drop(pending.respond(http::StatusCode::NOT_FOUND));
    let responded = catch_unwind(AssertUnwindSafe(responds));

    assert!(responded.map_err(std::mem::forget).is_ok(), "it unwound");
    assert!(tasks.iter().all(Registration::is_finished));
    assert!(now(drains).is_complete());
    assert_eq!(runtime.block_on(drained(&executor)).skipped.no_go, 3);
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

/// Panics at one of the things that a subscriber hears of a span.
#[cfg(feature = "tracing")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rude {
    Follows,
    Enter,
    Exit,
    Close,
}

#[cfg(feature = "tracing")]
impl Rude {
    fn hears(self, what: Self) {
        if self == what || (self, what) == (Self::Follows, Self::Close) {
            panic!("a rude subscriber");
        }
    }
}

#[cfg(feature = "tracing")]
impl tracing::Subscriber for Rude {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::Id {
        tracing::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::Id, _: &tracing::Id) {
        self.hears(Self::Follows);
    }
    fn event(&self, _: &tracing::Event<'_>) {}
    fn enter(&self, _: &tracing::Id) {
        self.hears(Self::Enter);
    }
    fn exit(&self, _: &tracing::Id) {
        self.hears(Self::Exit);
    }
    fn try_close(&self, _: tracing::Id) -> bool {
        self.hears(Self::Close);
        true
    }
    fn current_span(&self) -> tracing_core::span::Current {
        let (id, span) = (tracing::Id::from_u64(1), tracing::info_span!("any"));
        // One that nobody enters or drops; it is for its metadata.
        let metadata = std::mem::ManuallyDrop::new(span).metadata();
        tracing_core::span::Current::new(id, metadata.expect("it is enabled"))
    }
}

#[cfg(feature = "tracing")]
#[test]
#[cfg_attr(tokio_unstable, ignore = "it hears of spans of tokio's, too")]
fn of_a_subscriber_that_hears_of_a_span_loses_neither_a_task_nor_a_place() {
    for rude in [Rude::Follows, Rude::Enter, Rude::Exit, Rude::Close] {
        let listening = move || tracing::subscriber::set_default(rude);
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).enable_all();
        // On each thread for as long as it lives.
        builder.on_thread_start(move || std::mem::forget(listening()));
        let runtime = builder.build().unwrap();
        let _listening = listening();
        let executor = limited(1);
        runtime.block_on(async {
            respond(&executor, || {
                for _ in 0..2 {
                    follow_response(|| ());
                    Task::new(|| ()).same_thread(true).follow_response();
                    Task::future(async {}).follow_response();
                    Task::future(tokio::task::yield_now()).follow_response();
                }
                follow_response(|| panics("a rude body"));
                Task::future(async { panics("a rude body") }).follow_response();
                let task = Task::new(|| ()).when(|_| panic!("a rude rule"));
                task.follow_response();
            });
            let stats = drained(&executor).await;
            assert_eq!((stats.completed, stats.panicked), (8, 3));
        });
    }
}
