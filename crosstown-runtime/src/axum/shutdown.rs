//! Stopping within a deadline.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::executor::Executor;

/// Serves until the signal whose echo is `stopped`, then for as long as
/// connections and tasks take, `deadline` at most.
pub(super) async fn within(
    server: impl Future<Output = io::Result<()>>,
    stopped: oneshot::Receiver<()>,
    executor: Executor,
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
    executor
        .drain(deadline.saturating_sub(since.elapsed()))
        .await;
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
