//! A subscriber that comes back to the crate from inside of an event. A program of
//! its own: these events are told once in the life of a program.
#![cfg(all(feature = "tracing", feature = "tower"))]

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use crosstown_runtime::tower::CrosstownLayer;
use crosstown_runtime::{ResponseScope, follow_response};
use tower::Layer;
use tracing::{Event, Level, Metadata, Subscriber, span};

/// Ships what it hears by a task, through a client that has a layer of its own;
/// then panics.
#[derive(Clone, Default)]
struct Ships(Arc<AtomicU32>);

impl Subscriber for Ships {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        if *event.metadata().level() <= Level::INFO {
            self.0.fetch_add(1, Ordering::Relaxed);
            CrosstownLayer::new().layer(());
            follow_response(|| ());
            panic!("a rude subscriber");
        }
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Begins to wait for what follows the response that is in progress.
fn wait_in_the_handler() {
    let handler = async { follow_response(|| ()).outcome().await };
    let mut scope = pin!(ResponseScope::new().run(handler));
    let poll = scope.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_pending());
}

#[test]
fn a_subscriber_that_registers_a_task_itself_holds_nobody_up() {
    let ships = Ships::default();
    tracing::subscriber::set_global_default(ships.clone()).unwrap();
    let (done, is_done) = mpsc::channel();
    for _ in 0..2 {
        let done = done.clone();
        thread::spawn(move || {
            follow_response(|| ());
            CrosstownLayer::new().layer(());
            wait_in_the_handler();
            done.send(()).unwrap();
        });
    }
    for _ in 0..2 {
        let returned = is_done.recv_timeout(Duration::from_secs(30));
        returned.expect("both threads come back");
    }
    assert_eq!(ships.0.load(Ordering::Relaxed), 3, "each is told once");
}
