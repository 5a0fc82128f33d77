//! What others do, to show that the tests can tell: tasks start when the
//! transport drops the body.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use bytes::Bytes;
use crosstown_runtime::ResponseScope;
use http_body::{Body, Frame, SizeHint};

/// A layer as one writes it by hand: what follows a response starts when the
/// transport drops its body.
pub fn layered(app: Router) -> Router {
    app.layer(from_fn(|request: Request, next: Next| async move {
        let (response, pending) = ResponseScope::new().run(next.run(request)).await;
        let in_flight = Mutex::new(Some(pending.respond(response.status())));
        response.map(|body| {
            axum::body::Body::new(OnDrop::new(body, move || {
                let in_flight = in_flight.lock().unwrap().take();
                drop(in_flight.map(|in_flight| in_flight.sent()));
            }))
        })
    }))
}

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
