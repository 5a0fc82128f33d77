//! Hearing of the delivery: what the peer's kernel has acknowledged.
//!
//! One task for each connection asks for all of its responses: what TCP
//! acknowledges, it acknowledges in order.
//!
//! Invariants:
//! 1. A response is in the queue until it is delivered, its connection is gone, its
//!    delivery is awaited no more, or the task that asks is dropped; and leaves it
//!    exactly once.
//! 2. While there is something in the queue, there is one task that asks.
//! 3. Responses leave under the lock and are told outside of it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::connection::Connection;
use super::probe::Probe;
use crate::lock::lock;
use crate::scope::Settled;
use crate::sys::{NoTimers, sleep};

/// The pause before the next question, where nothing was delivered or added for as long
/// as `waited`: half of that up to 50 ms, and from there on an eighth, up to 1 s. So a
/// client that stands still for long costs little, and a task comes little later.
fn pause(waited: Duration) -> Duration {
    const SHORTEST: Duration = Duration::from_millis(1);
    const LONGEST: Duration = Duration::from_secs(1);
    let pause = (waited / 2).min(Duration::from_millis(50));
    pause.max(waited / 8).clamp(SHORTEST, LONGEST)
}

/// The responses of a connection that wait to be delivered.
pub(super) struct Deliveries {
    probe: Probe,
    queue: Mutex<Queue>,
    /// Told of each response that is added while somebody asks.
    added: Notify,
}

/// Bounded by what the kernel holds of the connection: of each response whose
/// delivery is awaited, at least one byte.
#[derive(Default)]
struct Queue {
    /// In the order of their marks.
    waiting: VecDeque<Waiting>,
    /// Whether a task asks for them.
    is_asked_for: bool,
}

struct Waiting {
    settled: Settled,
    /// It is delivered when the peer has acknowledged as many bytes.
    mark: u64,
}

impl Deliveries {
    #[cfg(unix)]
    pub(super) fn new(probe: Probe) -> Self {
        Self {
            probe,
            queue: Mutex::default(),
            added: Notify::new(),
        }
    }

    /// Adds a response. Returns whether a task must be made that asks.
    fn add(&self, waiting: Waiting) -> bool {
        let mut queue = lock(&self.queue);
        queue.waiting.push_back(waiting);
        !mem::replace(&mut queue.is_asked_for, true)
    }

    /// Takes out the first response, if it is delivered or that is awaited no more.
    fn take_first(&self, acknowledged: u64) -> Option<Waiting> {
        let mut queue = lock(&self.queue);
        let first = queue.waiting.front()?;
        if first.is_delivered(acknowledged) || !first.settled.awaits_delivery() {
            return queue.waiting.pop_front();
        }
        None
    }

    /// Whether nothing is left to ask for: then nobody asks any more.
    fn is_over(&self) -> bool {
        let mut queue = lock(&self.queue);
        queue.is_asked_for = !queue.waiting.is_empty();
        !queue.is_asked_for
    }

    /// Tells those that are delivered. Returns whether there were any.
    fn tell(&self, acknowledged: u64) -> bool {
        let mut any = false;
        while let Some(first) = self.take_first(acknowledged) {
            any = true;
            if first.is_delivered(acknowledged) {
                first.settled.delivered();
            }
        }
        any
    }

    /// Waits, no longer than until a response is added. Returns whether one was.
    async fn pause_or_added(&self, pause: Duration) -> Result<bool, NoTimers> {
        let (mut paused, mut added) = (pin!(sleep(pause)), pin!(self.added.notified()));
        poll_fn(|cx| match added.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Ok(true)),
            Poll::Pending => paused.as_mut().poll(cx).map_ok(|()| false),
        })
        .await
    }

    fn is_empty(&self) -> bool {
        lock(&self.queue).waiting.is_empty()
    }

    /// Takes all out, for which nobody asks any more.
    fn give_up(&self) -> VecDeque<Waiting> {
        mem::take(&mut *lock(&self.queue)).waiting
    }
}

impl Waiting {
    fn is_delivered(&self, acknowledged: u64) -> bool {
        self.mark <= acknowledged
    }
}

/// Waits until the peer has acknowledged the first `mark` bytes of the
/// connection, and tells the response.
pub(super) fn follow(connection: &Arc<Connection>, settled: Settled, mark: u64) {
    // Without a runtime there is no timer; dropped, the response is aborted.
    let (Ok(runtime), Some(deliveries)) = (Handle::try_current(), connection.deliveries()) else {
        return;
    };
    if deliveries.add(Waiting { settled, mark }) {
        runtime.spawn(Asking::new(connection).run());
    } else {
        deliveries.added.notify_one();
    }
}

impl Connection {
    /// Returns how many bytes the peer has acknowledged; `None` when the connection is
    /// gone.
    fn acknowledged(&self, deliveries: &Deliveries) -> io::Result<Option<u64>> {
        // Read before the queue, so that bytes written between the two can only
        // make it look as if less was acknowledged.
        let written = self.written();
        let queued = deliveries.probe.unacknowledged()?;
        Ok(queued.map(|queued| written.saturating_sub(queued.into())))
    }

    /// Asks once more, of a connection that is about to be shut down or closed. Of a
    /// client that closes when it has all, its kernel has told so with that; but from
    /// here on the connection is gone within moments.
    pub(super) fn ask_before_it_is_gone(&self) {
        if let Some(deliveries) = self.deliveries()
            && !deliveries.is_empty()
            && let Ok(Some(acknowledged)) = self.acknowledged(deliveries)
        {
            deliveries.tell(acknowledged);
        }
    }
}

/// The task that asks for the responses of a connection. Dropped before its end, as
/// with its runtime, it aborts them.
struct Asking {
    connection: Arc<Connection>,
    is_over: bool,
}

impl Asking {
    fn new(connection: &Arc<Connection>) -> Self {
        Self {
            connection: Arc::clone(connection),
            is_over: false,
        }
    }

    async fn run(mut self) {
        let mut waited = Duration::ZERO;
        while let Some(deliveries) = self.connection.deliveries() {
            let acknowledged = match self.connection.acknowledged(deliveries) {
                Ok(Some(acknowledged)) => acknowledged,
                // The connection is gone, and was not seen to deliver.
                Ok(None) => return,
                // To be asked again: time limits go on meanwhile.
                Err(_) => 0,
            };
            if deliveries.tell(acknowledged) {
                waited = Duration::ZERO;
            }
            if deliveries.is_over() {
                self.is_over = true;
                return;
            }
            let pause = pause(waited);
            match deliveries.pause_or_added(pause).await {
                // It has not waited for as long as those before it.
                Ok(true) => waited = Duration::ZERO,
                Ok(false) => waited += pause,
                Err(NoTimers) => return,
            }
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if !self.is_over
            && let Some(deliveries) = self.connection.deliveries()
        {
            drop(deliveries.give_up());
        }
    }
}

#[cfg(all(test, feature = "delivered", target_os = "linux"))]
mod tests {
    use std::io::Read;
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    use http::StatusCode;
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpSocket, TcpStream};
    use tokio::time::Instant;

    use super::super::connection::Rule;
    use super::super::stream::WireStream;
    use super::*;
    use crate::{Executor, Outcome, Phase, Registration, ResponseScope, Task};

    /// A response of all that was written so far.
    async fn respond(stream: &mut WireStream<TcpStream>) -> Registration {
        let scope = ResponseScope::new()
            .executor(Executor::new())
            .deliverable(true);
        let handler = async { Task::new(|| ()).phase(Phase::Delivered).follow_response() };
        let (task, pending) = scope.run(handler).await;
        let in_flight = pending.respond(StatusCode::OK);
        let released = stream.handle().release(in_flight, Rule::Flush, 0);
        assert!(released.is_ok());
        stream.flush().await.expect("it does");
        task
    }

    /// The clock goes on where nobody has anything to do, and only there.
    #[tokio::test(start_paused = true)]
    async fn a_response_does_not_wait_for_as_long_as_one_before_it() {
        const BYTES: usize = 1 << 18;
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("a port");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("an option");
        let connected = socket.connect(listener.local_addr().expect("an address"));
        let client = connected.await.expect("a connection");
        let mut client = client.into_std().expect("a socket");
        client.set_nonblocking(false).expect("an option");
        let (server, _) = listener.accept().expect("the client");
        server.set_nonblocking(true).expect("an option");
        let server = TcpStream::from_std(server).expect("a socket");
        let mut stream = WireStream::new(server).on_tcp();

        stream.write_all(&[7; BYTES]).await.expect("it takes that");
        let first = respond(&mut stream).await;
        sleep(Duration::from_millis(20_300))
            .await
            .ok()
            .expect("timers");
        assert!(!first.is_finished());
        client.read_exact(&mut vec![0; BYTES]).expect("all of it");
        let added = Instant::now();
        let second = respond(&mut stream).await;
        for task in [first, second] {
            assert_eq!(task.outcome().await, Outcome::Completed);
        }
        assert!(added.elapsed() < Duration::from_millis(100));
    }
}
