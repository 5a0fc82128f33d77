//! What tokio-console hears, in a build for it:
//!
//! ```text
//! RUSTFLAGS="--cfg tokio_unstable" cargo test -p crosstown-runtime \
//!     --test executor console --target-dir target/console
//! ```

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use crosstown_runtime::{Executor, Outcome, ResponseScope, Skip, Task, follow_response};
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::support::{drained, one_thread, outcome, respond};

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines on new tasks of tokio that `register` leads to.
fn new_tasks(register: impl FnOnce()) -> Vec<String> {
    let heard = Heard::default();
    let writer = heard.clone();
    let listener = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(Level::TRACE)
        .with_span_events(FmtSpan::NEW)
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(listener);
    let runtime = one_thread();
    let executor = Executor::new();
    runtime.block_on(async {
        respond(&executor, register);
        drained(&executor).await;
    });
    let heard = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
    let lines = heard.lines().filter(|line| line.contains("runtime.spawn{"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_future_bears_the_name_of_its_task() {
    let waits = || Task::future(tokio::task::yield_now());
    let lines = new_tasks(|| _ = waits().name("receipt").follow_response());
    let named = |line: &&String| line.contains("kind=task task.name=receipt ");
    assert_eq!(lines.iter().filter(named).count(), 1, "{lines:#?}");
}

#[test]
fn closures_share_runners_that_bear_a_name_of_their_own() {
    let lines = new_tasks(|| _ = Task::new(|| ()).name("warm").follow_response());
    let named = |line: &&String| line.contains("kind=blocking task.name=crosstown runner ");
    assert_eq!(lines.iter().filter(named).count(), 1, "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("task.name=warm")));
}

#[test]
fn a_closure_after_the_end_of_its_runtime_is_skipped_and_no_thread_is_missed() {
    let heard = Heard::default();
    let writer = heard.clone();
    let listener = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(listener);
    let executor = Executor::new();
    let scope = ResponseScope::new().executor(executor.clone());
    let runtime = one_thread();
    let (task, pending) = runtime.block_on(scope.run(async { follow_response(|| ()) }));
    drop(runtime);
    pending.respond(http::StatusCode::OK).sent();
    assert_eq!(outcome(&task), Outcome::Skipped(Skip::ShutDown));
    let heard = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
    assert!(heard.contains("its runtime is shut down"), "{heard}");
    assert!(!heard.contains("ERROR"), "{heard}");
}
