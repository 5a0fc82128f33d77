//! Connections that know when the kernel took their last bytes.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// When the kernel last took bytes, on any connection of the listener; and
/// what is to be done at that very moment.
pub struct Stamp {
    epoch: Instant,
    written: AtomicU64,
    then: Option<Box<dyn Fn() + Send + Sync>>,
}

impl Stamp {
    /// Makes a stamp.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Self::make(None)
    }

    /// Makes a stamp, and does something after each write.
    #[must_use]
    pub fn and_then(then: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Self::make(Some(Box::new(then)))
    }

    fn make(then: Option<Box<dyn Fn() + Send + Sync>>) -> Arc<Self> {
        Arc::new(Self {
            epoch: Instant::now(),
            written: AtomicU64::new(0),
            then,
        })
    }

    /// Nanoseconds by this stamp's clock.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.epoch.elapsed().as_nanos() as u64
    }

    /// When the kernel last took bytes.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// When the kernel took the bytes that a client has: a client may be sooner
    /// than the thread that notes the time. `before` is what was noted before.
    #[must_use]
    pub fn written_after(&self, before: u64) -> u64 {
        loop {
            let written = self.written();
            if written != before {
                return written;
            }
            std::thread::yield_now();
        }
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stamp").finish_non_exhaustive()
    }
}

/// A TCP listener whose connections are stamped.
#[derive(Debug)]
pub struct Stamped {
    listener: TcpListener,
    stamp: Arc<Stamp>,
}

impl Stamped {
    /// Stamps the connections of `listener`.
    #[must_use]
    pub fn new(listener: TcpListener, stamp: Arc<Stamp>) -> Self {
        Self { listener, stamp }
    }
}

impl Listener for Stamped {
    type Io = StampedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (StampedStream, SocketAddr) {
        let (io, address) = Listener::accept(&mut self.listener).await;
        let stamp = Arc::clone(&self.stamp);
        (StampedStream { io, stamp }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A stamped connection.
#[derive(Debug)]
pub struct StampedStream {
    io: TcpStream,
    stamp: Arc<Stamp>,
}

impl StampedStream {
    fn wrote(&self, poll: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(_)) = poll {
            self.stamp
                .written
                .store(self.stamp.now(), Ordering::Release);
            if let Some(then) = &self.stamp.then {
                then();
            }
        }
        poll
    }
}

impl AsyncRead for StampedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for StampedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write(cx, buf);
        self.wrote(poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.wrote(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
