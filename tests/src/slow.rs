//! A client's stream that reads in small steps and pauses between.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::random::Random;

/// Reads as a random generator says; writes as ever.
#[derive(Debug)]
pub struct Slow<IO> {
    io: IO,
    random: Random,
    pause: Option<Pin<Box<Sleep>>>,
    /// It pauses once in so many reads; 0 for never.
    rarity: u64,
}

impl<IO> Slow<IO> {
    /// Wraps a stream, to pause once in `rarity` reads, never for 0.
    pub fn new(io: IO, random: Random, rarity: u64) -> Self {
        Self {
            io,
            random,
            pause: None,
            rarity,
        }
    }

    pub fn into_inner(self) -> IO {
        self.io
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Slow<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        if self.rarity == 0 {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let room = self.random.skewed(buf.remaining() as u64) as usize + 1;
        let mut less = buf.take(room);
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut less))?;
        let count = less.filled().len();
        buf.advance(count);
        let rarity = self.rarity;
        if self.random.once_in(rarity) {
            let pause = Duration::from_millis(self.random.below(4));
            self.pause = Some(Box::pin(sleep(pause)));
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Slow<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
