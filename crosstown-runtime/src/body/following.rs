//! Calling a service in the scope of its response: what every adapter does.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;

use super::exchange::Exchange;
use super::followed::FollowedBody;
use crate::executor::Executor;
use crate::scope::{ResponseScope, Run, context};
use crate::wire::WireHandle;

/// How the responses of a service are followed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Following {
    pub(crate) executor: Option<Executor>,
    pub(crate) wire: Option<WireHandle>,
}

impl Following {
    /// Calls a service in a scope of its own. Where a response is in progress
    /// already, as under a second adapter, the outer one follows it.
    pub(crate) fn call<B, F>(
        &self,
        request: Request<B>,
        call: impl FnOnce(Request<B>) -> F,
    ) -> Follow<F>
    where
        F: Future,
    {
        if context::is_response_in_progress() {
            return Follow::Outside {
                future: call(request),
            };
        }
        let exchange = Exchange::new(&request, self.wire.clone());
        let mut scope = ResponseScope::new().version(request.version());
        if let Some(executor) = &self.executor {
            scope = scope.executor(executor.clone());
        }
        let (future, scope) = scope.enter(|| call(request));
        Follow::Here {
            run: scope.run(future),
            exchange: Some(exchange),
        }
    }
}

pin_project! {
    /// A service's future in the scope of its response.
    #[project = FollowProjected]
    pub(crate) enum Follow<F> {
        /// The scope is this one's.
        Here {
            #[pin]
            run: Run<F>,
            exchange: Option<Exchange>,
        },
        /// The scope is somebody else's.
        Outside {
            #[pin]
            future: F,
        },
    }
}

impl<F, B, E> Future for Follow<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
{
    type Output = Result<Response<FollowedBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (run, exchange) = match self.project() {
            FollowProjected::Here { run, exchange } => (run, exchange),
            FollowProjected::Outside { future } => {
                let response = ready!(future.poll(cx))?;
                return Poll::Ready(Ok(response.map(FollowedBody::untouched)));
            }
        };
        let (response, pending) = ready!(run.poll(cx));
        // An error drops `pending`: there is no response.
        let response = response?;
        Poll::Ready(Ok(match exchange.take() {
            Some(exchange) => exchange.follow(response, pending),
            None => response.map(FollowedBody::untouched),
        }))
    }
}
