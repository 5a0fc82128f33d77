//! What the kernel of the server has accepted, and when.
//!
//! [`Witnessed`] sits between the code under test and the socket, where it sees
//! each write that the kernel accepts. It is no part of the code under test.

use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::order::tick;
use crate::within;

/// For how long a kernel that has room for more does not keep quiet, nor a server
/// that has nothing to wait for.
pub(crate) const SETTLED: Duration = Duration::from_millis(100);

/// The record of one connection, of the server's side.
#[derive(Debug, Default)]
pub struct Witness {
    record: watch::Sender<Record>,
}

/// What a connection did so far.
#[derive(Debug, Default, Clone)]
pub struct Record {
    /// When a write was accepted, and how many bytes had been by then.
    writes: Vec<(u64, u64)>,
    /// Whether the last write found the kernel's buffer full.
    pub is_blocked: bool,
    /// Whether the server has let go of the connection.
    pub is_closed: bool,
}

impl Record {
    /// Bytes that the kernel has accepted until `tick`.
    pub fn accepted_at(&self, tick: u64) -> u64 {
        let count = self.writes.partition_point(|write| write.0 <= tick);
        count.checked_sub(1).map_or(0, |last| self.writes[last].1)
    }

    /// Bytes that the kernel has accepted.
    pub fn accepted(&self) -> u64 {
        self.writes.last().map_or(0, |write| write.1)
    }
}

impl Witness {
    /// Returns the record so far.
    pub fn record(&self) -> Record {
        self.record.borrow().clone()
    }

    /// Waits until the kernel takes no more, for the client does not read. It
    /// may refuse a write and take more once the client's kernel has said that
    /// it has room: blocked is who stays so.
    pub async fn blocked(&self) {
        loop {
            self.wait_for("the server to be blocked", |record| record.is_blocked)
                .await;
            let accepted = self.record().accepted();
            let mut record = self.record.subscribe();
            let more = record.wait_for(|record| record.accepted() > accepted);
            if timeout(SETTLED, more).await.is_err() {
                return;
            }
        }
    }

    /// Waits until the server has let go of the connection.
    pub async fn closed(&self) {
        self.wait_for("the server to close", |record| record.is_closed)
            .await;
    }

    async fn wait_for(&self, what: &str, condition: impl FnMut(&Record) -> bool) {
        let mut record = self.record.subscribe();
        let seen = within(what, record.wait_for(condition)).await;
        assert!(seen.is_ok(), "the sender is in `self`");
    }

    fn wrote(&self, poll: &Poll<io::Result<usize>>) {
        match poll {
            Poll::Ready(Ok(bytes)) => self.record.send_modify(|record| {
                let accepted = record.accepted() + *bytes as u64;
                record.writes.push((tick(), accepted));
                record.is_blocked = false;
            }),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.record.send_modify(|record| record.is_blocked = true),
        }
    }
}

/// A stream whose writes are recorded.
#[derive(Debug)]
pub struct Witnessed<IO> {
    io: IO,
    witness: Arc<Witness>,
}

impl<IO> Witnessed<IO> {
    /// Wraps a stream, to be recorded by `witness`.
    pub fn new(io: IO, witness: Arc<Witness>) -> Self {
        Self { io, witness }
    }
}

impl<IO> Drop for Witnessed<IO> {
    fn drop(&mut self) {
        self.witness
            .record
            .send_modify(|record| record.is_closed = true);
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Witnessed<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Witnessed<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write(cx, buf);
        self.witness.wrote(&poll);
        poll
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.witness.wrote(&poll);
        poll
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

/// The witnesses of a server, by the address of the client.
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    witnesses: Arc<Mutex<HashMap<SocketAddr, Arc<Witness>>>>,
}

impl Witnesses {
    /// Returns the witness of the connection from `client`. The two sides may
    /// ask in either order.
    pub fn of(&self, client: SocketAddr) -> Arc<Witness> {
        let mut witnesses = self.witnesses.lock().unwrap();
        Arc::clone(witnesses.entry(client).or_default())
    }
}

/// A listener whose connections are recorded.
#[derive(Debug)]
pub struct WitnessedListener {
    listener: TcpListener,
    witnesses: Witnesses,
}

impl WitnessedListener {
    /// Wraps a listener; each connection is recorded among `witnesses`.
    pub fn new(listener: TcpListener, witnesses: Witnesses) -> Self {
        Self {
            listener,
            witnesses,
        }
    }
}

impl Listener for WitnessedListener {
    type Io = Witnessed<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (stream, client) = Listener::accept(&mut self.listener).await;
        (Witnessed::new(stream, self.witnesses.of(client)), client)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
