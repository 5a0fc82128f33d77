//! Where a panic of a task is said to have happened.

use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::{Arc, Mutex};

use crosstown_runtime::{crosstown_handler, crosstown_traffic, testing};
use http::StatusCode;

type Seen = Arc<Mutex<Vec<String>>>;

/// The line of this file that holds `mark`, behind the one that asks for it.
fn line_of(mark: &str) -> usize {
    let text = include_str!("panics.rs");
    1 + text
        .lines()
        .position(|line| line.ends_with(mark))
        .expect(mark)
}

#[crosstown_handler]
fn register(seen: Seen) {
    #[crosstown_traffic(clone(seen))]
    fn nested() {
        note(&seen); // in the fn
    }
    #[crosstown_traffic(clone(seen))]
    async fn nested_async() -> Result<(), String> {
        note(&seen); // in the async fn
        Ok(())
    }
    #[crosstown_traffic(clone(seen))]
    || note(&seen); // in the closure
    #[crosstown_traffic]
    async {
        note(&seen); // in the block
    };
}

/// Notes the caller's place and the innermost frame of this file, then panics.
#[track_caller]
fn note(seen: &Seen) {
    let place = Location::caller().line();
    let trace = Backtrace::force_capture().to_string();
    let frames = trace
        .lines()
        .filter_map(|line| line.trim().strip_prefix("at "));
    let ours = frames
        .filter(|frame| frame.contains("panics.rs"))
        .collect::<Vec<_>>()
        .join(" ");
    seen.lock()
        .unwrap()
        .push(format!("panics.rs:{place} {ours}"));
    panic::resume_unwind(Box::new(()));
}

#[tokio::test]
async fn location_and_backtrace_lead_into_the_users_body() {
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        async { register(seen) }
    };
    let (_, mut recorded) = testing::record(handler).await;
    for mark in [
        "// in the fn",
        "// in the async fn",
        "// in the closure",
        "// in the block",
    ] {
        let outcome = recorded.next().unwrap().run().await;
        assert!(
            format!("{outcome:?}").starts_with("Panicked"),
            "{outcome:?}"
        );
        let noted = seen.lock().unwrap().pop().unwrap();
        let place = format!("panics.rs:{}", line_of(mark));
        assert!(
            noted.matches(&place).count() >= 2,
            "{mark} is not at {place}: {noted}"
        );
    }
    drop(recorded.respond(StatusCode::OK).await);
}

#[test]
fn a_refusal_to_register_blames_the_users_line() {
    let refused = panic::catch_unwind(AssertUnwindSafe(|| {
        #[crosstown_handler]
        fn handler() {
            #[crosstown_traffic(without_response = "panic")]
            || (); // refused
        }
        let hook = panic::take_hook();
        let (send, lines) = std::sync::mpsc::channel();
        let this = std::thread::current().id();
        panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == this {
                let _ = send.send(info.location().map(Location::line));
            }
        }));
        let result = panic::catch_unwind(handler);
        panic::set_hook(hook);
        (result.is_err(), lines.try_iter().next().flatten())
    }));
    let (panicked, line) = refused.unwrap();
    assert!(panicked);
    assert_eq!(line.map(|line| line as usize), Some(line_of("// refused")));
}
