//! Stopping, also within a deadline.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::executor::Executor;

/// What outlasts the connections of a server.
pub(super) struct Remaining {
    /// Its handlers; closed with the last.
    pub(super) handlers: mpsc::Receiver<Infallible>,
    /// Counts the tasks.
    pub(super) executor: Executor,
}

impl Remaining {
    /// Waits for the end of it all.
    pub(super) async fn end(mut self) {
        self.handlers.recv().await;
        self.executor.idle().await;
    }

    /// Waits for as long at most. Names the tasks that are left.
    async fn end_within(mut self, time: Duration) {
        let since = Instant::now();
        // What a handler registers that is left is named when its runtime ends.
        let _ = timeout(time, self.handlers.recv()).await;
        let left = time.saturating_sub(since.elapsed());
        self.executor.drain(left).await;
    }
}

/// Serves until the signal whose echo is `stopped`, then for as long as
/// connections and tasks take, `deadline` at most.
pub(super) async fn within(
    server: impl Future<Output = io::Result<()>>,
    stopped: oneshot::Receiver<()>,
    remaining: Remaining,
    deadline: Duration,
) -> io::Result<()> {
    let (mut server, mut stopped) = (pin!(server), pin!(stopped));
    let ended = poll_fn(|cx| {
        if let Poll::Ready(ended) = server.as_mut().poll(cx) {
            return Poll::Ready(Some(ended));
        }
        stopped.as_mut().poll(cx).map(|_| None)
    });
    let ended = ended.await;
    let since = Instant::now();
    let ended = match ended {
        Some(ended) => Ok(ended),
        None => timeout(deadline, server).await,
    };
    // Connections that are open after the deadline are left to the runtime.
    ended.unwrap_or(Ok(()))?;
    let left = deadline.saturating_sub(since.elapsed());
    remaining.end_within(left).await;
    Ok(())
}

/// Returns `signal`, and what hears that it has come.
pub(super) fn echo<F: Future<Output = ()>>(
    signal: F,
) -> (impl Future<Output = ()>, oneshot::Receiver<()>) {
    let (stop, stopped) = oneshot::channel();
    let signal = async move {
        signal.await;
        // A server that is gone has nothing to stop.
        let _ = stop.send(());
    };
    (signal, stopped)
}
