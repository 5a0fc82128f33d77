//! What others do, to show that the tests can tell: tasks start when the
//! transport drops the body.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Calls a function when it is dropped.
pub struct OnDrop<B> {
    body: B,
    call: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl<B> OnDrop<B> {
    pub fn new(body: B, call: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self {
            body,
            call: Some(Box::new(call)),
        }
    }
}

impl<B> Drop for OnDrop<B> {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            call();
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for OnDrop<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
