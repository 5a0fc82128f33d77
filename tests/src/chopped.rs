//! A server's stream that takes and gives as it likes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::random::Random;

/// Takes and gives a part of what it is asked for, and is pending when it need not
/// be, also when it is flushed.
#[derive(Debug)]
pub struct Chopped<IO> {
    io: IO,
    random: Random,
    is_write_vectored: bool,
}

impl<IO> Chopped<IO> {
    pub fn new(io: IO, mut random: Random) -> Self {
        Self {
            io,
            is_write_vectored: random.once_in(2),
            random,
        }
    }

    fn is_pending(&mut self, cx: &Context<'_>) -> bool {
        let is_pending = self.random.once_in(3);
        if is_pending {
            cx.waker().wake_by_ref();
        }
        is_pending
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Chopped<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_pending(cx) {
            return Poll::Pending;
        }
        let most = 1 + self.random.below(64) as usize;
        let most = most.min(buf.remaining());
        let mut less = ReadBuf::new(buf.initialize_unfilled_to(most));
        let poll = Pin::new(&mut self.io).poll_read(cx, &mut less);
        let count = less.filled().len();
        buf.advance(count);
        poll
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Chopped<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_pending(cx) {
            return Poll::Pending;
        }
        let most = 1 + self.random.skewed(1 << 15) as usize;
        let some = &buf[..buf.len().min(most)];
        Pin::new(&mut self.io).poll_write(cx, some)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).collect();
        self.poll_write(cx, &all)
    }

    fn is_write_vectored(&self) -> bool {
        self.is_write_vectored
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_pending(cx) {
            return Poll::Pending;
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
