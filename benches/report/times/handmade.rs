//! What people write on axum today to get work off the request path.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};

/// Work that a handler leaves in the extensions of its response.
#[derive(Clone, Default)]
pub(super) struct Later(pub(super) Vec<Arc<dyn Fn() + Send + Sync>>);

/// A middleware that spawns it when the body is dropped.
pub(super) async fn spawn_on_drop(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Later>() {
        None => response,
        Some(later) => response.map(|body| Body::new(Guarded { body, later })),
    }
}

struct Guarded {
    body: Body,
    later: Later,
}

impl Drop for Guarded {
    fn drop(&mut self) {
        for work in self.later.0.drain(..) {
            drop(tokio::task::spawn_blocking(move || work()));
        }
    }
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
