//! The I/O stream that hears every flush.

use std::fmt;
use std::io::{self, IoSlice};
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connection::{Connection, WireHandle};
#[cfg(unix)]
use super::delivery::Deliveries;
#[cfg(unix)]
use super::probe::Probe;
use super::turn::Operation;

pin_project! {
    /// Wraps a connection's I/O stream and hears when its bytes are out.
    ///
    /// Give it to hyper in place of the stream, and its [`handle`](Self::handle)
    /// to the requests of the connection. Outside of TLS (around the TLS
    /// stream) or inside of it (around the TCP stream) makes no difference to
    /// what counts: TLS passes a flush on only when its session is empty. That TLS
    /// is spoken over it is known by the first byte that is read, so wrap the
    /// stream after what may come before, such as the header of a proxy.
    ///
    /// Every operation goes through unchanged, vectored writes included.
    /// Dropping the stream aborts the responses that still wait.
    ///
    /// # Examples
    ///
    /// See [the module](super#examples).
    pub struct WireStream<IO> {
        // Dropped first: what the peer has acknowledged is known while the stream is
        // there.
        connection: Ears,
        #[pin]
        io: IO,
    }
}

/// The connection, closed when the stream is dropped.
struct Ears(Arc<Connection>);

impl Drop for Ears {
    fn drop(&mut self) {
        self.0.close();
        self.0.ask_before_it_is_gone();
    }
}

impl<IO> WireStream<IO> {
    /// Wraps the stream of a connection.
    pub fn new(io: IO) -> Self {
        Self {
            connection: Ears(Arc::default()),
            io,
        }
    }

    /// Returns a handle for the requests of this connection.
    #[must_use]
    pub fn handle(&self) -> WireHandle {
        WireHandle::new(Arc::clone(&self.connection.0))
    }

    /// Says that this stream is a TCP connection, so that tasks can wait for the
    /// delivery of a response. Wrap the TCP stream itself: of what a TLS stream is
    /// handed, the bytes on the wire can't be told. Does nothing without the feature
    /// `delivered`, and where the kernel does not answer; see
    /// [`Phase::Delivered`](crate::Phase::Delivered).
    ///
    /// # Examples
    ///
    /// ```
    /// use crosstown_runtime::body::Following;
    /// use crosstown_runtime::wire::WireStream;
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// # let _client = TcpStream::connect(listener.local_addr()?).await?;
    /// let (stream, _) = listener.accept().await?;
    /// let stream: WireStream<TcpStream> = WireStream::new(stream).on_tcp();
    /// // What `following` calls may register tasks of the phase `Delivered`.
    /// let following = Following::new().wire(stream.handle());
    /// // Hand `stream` to hyper, or to a TLS acceptor and then to hyper.
    /// # assert!(following.has_wire());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(unix)]
    #[must_use]
    pub fn on_tcp(self) -> Self
    where
        IO: AsFd,
    {
        self.hear_deliveries(self.io.as_fd());
        self
    }

    /// Does nothing here: no kernel but Linux's is asked.
    #[cfg(not(unix))]
    #[must_use]
    pub fn on_tcp(self) -> Self {
        self
    }

    /// Says which socket the stream writes to, past all that wraps it.
    #[cfg(unix)]
    pub(crate) fn hear_deliveries(&self, tcp: BorrowedFd<'_>) {
        if let Some(probe) = Probe::new(tcp) {
            self.connection.0.set_deliveries(Deliveries::new(probe));
        }
    }

    /// Gives the wrapped stream back, as for a connection that was upgraded to
    /// another protocol. Like dropping this one, it aborts the responses that still
    /// wait.
    pub fn into_inner(self) -> IO {
        self.io
    }

    /// Returns the wrapped stream.
    pub fn get_ref(&self) -> &IO {
        &self.io
    }

    /// Returns the wrapped stream. What is written to it past the wrapper is
    /// not heard of.
    pub fn get_mut(&mut self) -> &mut IO {
        &mut self.io
    }
}

impl Connection {
    /// Reads, where that concerns somebody.
    #[cold]
    fn hear_read<IO: AsyncRead>(
        self: &Arc<Self>,
        io: Pin<&mut IO>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.heard(Operation::Read, cx);
        let before = buf.filled().len();
        let poll = io.poll_read(cx, buf);
        if let Some(first) = buf.filled().get(before) {
            self.received(*first);
        }
        self.activity().read(poll.is_ready());
        if poll.is_pending() {
            self.heard(Operation::ReadPending, cx);
        }
        poll
    }

    /// Notes what a write or a flush has returned, and returns it.
    #[inline]
    fn wrote<T>(
        self: &Arc<Self>,
        cx: &Context<'_>,
        poll: Poll<io::Result<T>>,
        done: Operation,
    ) -> Poll<io::Result<T>> {
        match poll {
            Poll::Ready(Ok(_)) if !self.is_concerned() => poll,
            _ => self.hear_written(cx, poll, done),
        }
    }

    #[cold]
    fn hear_written<T>(
        self: &Arc<Self>,
        cx: &Context<'_>,
        poll: Poll<io::Result<T>>,
        done: Operation,
    ) -> Poll<io::Result<T>> {
        match &poll {
            Poll::Ready(Ok(_)) => self.heard(done, cx),
            Poll::Ready(Err(_)) => self.close(),
            Poll::Pending => self.heard(Operation::Blocked, cx),
        }
        poll
    }

    /// Like [`wrote`](Self::wrote), and counts the bytes.
    #[inline]
    fn accepted(
        self: &Arc<Self>,
        cx: &Context<'_>,
        poll: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &poll {
            self.add_written(*bytes);
        }
        self.wrote(cx, poll, Operation::Written)
    }
}

impl<IO: AsyncRead> AsyncRead for WireStream<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        let connection = &this.connection.0;
        if connection.is_concerned() {
            return connection.hear_read(this.io, cx, buf);
        }
        let poll = this.io.poll_read(cx, buf);
        connection.activity().read(poll.is_ready());
        poll
    }
}

impl<IO: AsyncWrite> AsyncWrite for WireStream<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let poll = this.io.poll_write(cx, buf);
        this.connection.0.accepted(cx, poll)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let poll = this.io.poll_write_vectored(cx, bufs);
        this.connection.0.accepted(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let poll = this.io.poll_flush(cx);
        this.connection.0.wrote(cx, poll, Operation::Flushed)
    }

    // hyper and h2 flush before they shut down; a shutdown of their own accord ends
    // a response early. Of some it tells whether that flush was theirs.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let connection = &this.connection.0;
        if connection.is_concerned() {
            connection.heard(Operation::ShutDown, cx);
        }
        connection.ask_before_it_is_gone();
        this.io.poll_shutdown(cx)
    }
}

impl<IO: fmt::Debug> fmt::Debug for WireStream<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireStream")
            .field("io", &self.io)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::connection::Rule;
    use super::*;
    use crate::{OnAbort, Outcome, ResponseScope, Skip, Task};

    #[tokio::test]
    async fn given_back_it_aborts_what_waits() {
        let stream = WireStream::new(tokio::io::empty());
        let handler = async {
            let task = Task::new(|| ()).on_abort(OnAbort::Skip);
            task.follow_response()
        };
        let (task, pending) = ResponseScope::new().run(handler).await;
        let in_flight = pending.respond(StatusCode::SWITCHING_PROTOCOLS);
        let released = stream.handle().release(in_flight, Rule::Flush, 0);
        assert!(released.is_ok() && !task.is_finished());
        let _io: tokio::io::Empty = stream.into_inner();
        assert!(task.is_finished());
        let outcome = task.outcome().await;
        assert_eq!(outcome, Outcome::Skipped(Skip::Aborted));
    }
}
