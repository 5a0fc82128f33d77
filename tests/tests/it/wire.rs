//! What the stream passes on, of the I/O stream that it wraps.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crosstown_runtime::wire::WireStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Writes down what it is asked for.
#[derive(Default)]
struct Recorded {
    takes_vectored: bool,
    asked: Vec<String>,
}

impl Recorded {
    fn asked<T>(mut self: Pin<&mut Self>, what: String, answer: T) -> Poll<io::Result<T>> {
        self.asked.push(what);
        Poll::Ready(Ok(answer))
    }
}

impl AsyncRead for Recorded {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        buf.put_slice(b"read");
        self.asked("read".into(), ())
    }
}

impl AsyncWrite for Recorded {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        // Not all of it.
        self.asked(format!("write {}", buf.len()), 1)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let lengths: Vec<_> = bufs.iter().map(|buf| buf.len()).collect();
        self.asked(format!("write {lengths:?}"), 2)
    }

    fn is_write_vectored(&self) -> bool {
        self.takes_vectored
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.asked("flush".into(), ())
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.asked("shutdown".into(), ())
    }
}

#[test]
fn every_operation_reaches_the_stream_as_it_is() {
    let mut stream = WireStream::new(Recorded::default());
    let mut cx = Context::from_waker(Waker::noop());
    let mut room = [0; 8];
    let mut buf = ReadBuf::new(&mut room);
    buf.put_slice(b"had");
    let bufs = [IoSlice::new(b"one"), IoSlice::new(b"four")];

    assert!(
        Pin::new(&mut stream)
            .poll_read(&mut cx, &mut buf)
            .is_ready()
    );
    assert_eq!(buf.filled(), b"hadread");
    let written = Pin::new(&mut stream).poll_write(&mut cx, b"three");
    assert!(matches!(written, Poll::Ready(Ok(1))));
    let written = Pin::new(&mut stream).poll_write_vectored(&mut cx, &bufs);
    assert!(matches!(written, Poll::Ready(Ok(2))));
    assert!(Pin::new(&mut stream).poll_flush(&mut cx).is_ready());
    assert!(Pin::new(&mut stream).poll_shutdown(&mut cx).is_ready());
    let asked = ["read", "write 5", "write [3, 4]", "flush", "shutdown"];
    assert_eq!(stream.get_ref().asked, asked);
}

#[test]
fn a_stream_takes_vectored_writes_if_the_one_under_it_does() {
    for takes_vectored in [false, true] {
        let stream = WireStream::new(Recorded {
            takes_vectored,
            asked: Vec::new(),
        });
        assert_eq!(stream.is_write_vectored(), takes_vectored);
    }
}
