//! The phone API: a server of its own that takes its time, and notes when each
//! call reached it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::client::Witness;

/// The calls placed so far, each from when it reached the API to its answer.
#[derive(Default)]
pub struct Placed {
    pub reached: Vec<Instant>,
    pub answered: Vec<Instant>,
    /// Calls that came before the client could have its response.
    pub early: usize,
}

#[derive(Clone, Default)]
pub struct Log(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<LogState>,
    answered: Notify,
}

#[derive(Default)]
struct LogState {
    placed: Placed,
    witness: Option<Arc<Witness>>,
    aloud: bool,
}

/// Starts the phone API on a port of its own.
pub async fn start(time_per_call: Duration) -> io::Result<(SocketAddr, Log)> {
    let log = Log::default();
    let api = Router::new()
        .route("/calls", post(call))
        .with_state((log.clone(), time_per_call));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, api).into_future());
    Ok((address, log))
}

async fn call(State((log, time)): State<(Log, Duration)>, who: String) {
    log.reached(&who);
    tokio::time::sleep(time).await;
    log.state().placed.answered.push(Instant::now());
    log.0.answered.notify_waiters();
}

impl Log {
    /// Asks `witness` at each call from now on.
    pub fn ask(&self, witness: Arc<Witness>) {
        self.state().witness = Some(witness);
    }

    /// Prints each call.
    pub fn say_aloud(&self) {
        self.state().aloud = true;
    }

    fn reached(&self, who: &str) {
        let now = Instant::now();
        let mut state = self.state();
        let witness = state.witness.as_ref();
        if witness.is_some_and(|witness| !witness.could_have_response()) {
            state.placed.early += 1;
        }
        state.placed.reached.push(now);
        if state.aloud {
            println!("calling {who}");
        }
    }

    /// Waits until `calls` calls have been answered.
    pub async fn wait_for(&self, calls: usize, at_most: Duration) -> io::Result<()> {
        let all = async {
            loop {
                let answered = self.0.answered.notified();
                if self.state().placed.answered.len() >= calls {
                    return;
                }
                answered.await;
            }
        };
        let waited = tokio::time::timeout(at_most, all).await;
        waited.map_err(|_| io::Error::other("the calls were not all placed in time"))
    }

    /// Takes what was noted, to begin anew.
    pub fn take(&self) -> Placed {
        std::mem::take(&mut self.state().placed)
    }

    fn state(&self) -> MutexGuard<'_, LogState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
