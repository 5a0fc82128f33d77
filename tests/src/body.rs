//! Response bodies of the tests.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// A body that sends what the test tells it, when it is told.
#[derive(Debug)]
pub struct Told {
    frames: mpsc::UnboundedReceiver<io::Result<Frame<Bytes>>>,
}

/// Tells a [`Told`] body what to send. Dropping it ends the body.
#[derive(Debug, Clone)]
pub struct Teller {
    frames: mpsc::UnboundedSender<io::Result<Frame<Bytes>>>,
}

/// Makes a body of unknown length and the one who tells it what to send.
pub fn told() -> (Teller, Told) {
    let (sender, frames) = mpsc::unbounded_channel();
    (Teller { frames: sender }, Told { frames })
}

impl Teller {
    pub fn data(&self, data: impl Into<Bytes>) {
        let _ = self.frames.send(Ok(Frame::data(data.into())));
    }

    pub fn trailers(&self, trailers: HeaderMap) {
        let _ = self.frames.send(Ok(Frame::trailers(trailers)));
    }

    pub fn fail(&self) {
        let _ = self.frames.send(Err(io::Error::other("the body failed")));
    }

    /// Waits until the body is dropped.
    pub async fn dropped(&self) {
        crate::within("the body to be dropped", self.frames.closed()).await;
    }
}

impl Body for Told {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.frames.poll_recv(cx)
    }
}

/// A body of chunks that are ready at once, with a length that is known or not.
#[derive(Debug)]
pub struct Chunks {
    chunks: std::vec::IntoIter<Bytes>,
    trailers: Option<HeaderMap>,
    left: u64,
    says_length: bool,
    says_end: bool,
    /// Pends once before each chunk, so that the transport writes in between.
    yields: bool,
    yielded: bool,
}

impl Chunks {
    pub fn new(chunks: Vec<Bytes>) -> Self {
        Self {
            left: chunks.iter().map(|chunk| chunk.len() as u64).sum(),
            chunks: chunks.into_iter(),
            trailers: None,
            says_length: false,
            says_end: false,
            yields: false,
            yielded: false,
        }
    }

    /// Has the body say its length, so that HTTP/1 needs no chunked encoding.
    #[must_use]
    pub fn with_length(mut self) -> Self {
        self.says_length = true;
        self
    }

    /// Has the body say with its last chunk that it is the last.
    #[must_use]
    pub fn with_end(mut self) -> Self {
        self.says_end = true;
        self
    }

    #[must_use]
    pub fn with_trailers(mut self, trailers: HeaderMap) -> Self {
        self.trailers = Some(trailers);
        self
    }

    /// Has the body be pending once before each chunk.
    #[must_use]
    pub fn yielding(mut self) -> Self {
        self.yields = true;
        self
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.yields && !std::mem::replace(&mut self.yielded, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.yielded = false;
        if let Some(chunk) = self.chunks.next() {
            self.left -= chunk.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        Poll::Ready(
            self.trailers
                .take()
                .map(|trailers| Ok(Frame::trailers(trailers))),
        )
    }

    fn is_end_stream(&self) -> bool {
        let says_end = self.says_end || self.says_length;
        says_end && self.left == 0 && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.says_length {
            SizeHint::with_exact(self.left)
        } else {
            SizeHint::default()
        }
    }
}

/// Cuts `size` bytes of a pattern into chunks of at most `chunk` bytes.
pub fn pattern(size: usize, chunk: usize) -> Vec<Bytes> {
    let whole: Bytes = (0..size).map(|index| (index % 251) as u8).collect();
    cut(&whole, chunk)
}

/// Cuts `whole` into chunks of at most `chunk` bytes.
pub fn cut(whole: &Bytes, chunk: usize) -> Vec<Bytes> {
    let starts = (0..whole.len()).step_by(chunk.max(1));
    starts
        .map(|start| whole.slice(start..whole.len().min(start + chunk)))
        .collect()
}
