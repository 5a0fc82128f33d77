//! One request of the kit: how it is answered, and what its tasks were told.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tokio::sync::watch;

use crate::no_go::NoGo;
use crate::options::NoResponse;
use crate::outcome::Outcome;
use crate::sent::{Abort, Sent};
use crate::task::{Registration, Task};

/// How a request is to be answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) status: StatusCode,
    pub(super) body: BodyPlan,
    /// Whether the handler waits for ever.
    pub(super) waits: bool,
    /// Whether the handler panics.
    pub(super) panics: bool,
}

/// What the body is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyPlan {
    Empty,
    /// So many bytes in one piece, of a length that is said.
    Whole(usize),
    /// So many bytes in chunks, of a length that is said.
    Known(usize),
    /// So many bytes in chunks, of a length that is not said.
    Streamed(usize),
    /// So many bytes in chunks, and trailers.
    Trailed(usize),
    /// So many bytes in chunks, and then an error.
    Failing(usize),
    /// So many bytes in chunks, and then a panic.
    Panicking(usize),
    /// So many bytes in chunks, of a length that is said to be twice that.
    Short(usize),
}

impl Plan {
    pub(super) const fn new(status: StatusCode, body: BodyPlan) -> Self {
        Self {
            status,
            body,
            waits: false,
            panics: false,
        }
    }

    pub(super) const fn ok(body: BodyPlan) -> Self {
        Self::new(StatusCode::OK, body)
    }

    pub(super) const fn waiting(mut self) -> Self {
        self.waits = true;
        self
    }

    pub(super) const fn panicking(mut self) -> Self {
        self.panics = true;
        self
    }
}

/// One request of the kit.
pub(super) struct Case {
    pub(super) path: String,
    plan: Plan,
    /// Whether the handler has registered its tasks.
    arrived: watch::Sender<bool>,
    /// What the task that always runs was told.
    told: Arc<watch::Sender<Option<Sent>>>,
    /// The task with all defaults.
    default: OnceLock<Registration>,
}

/// How a response ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) status: Option<StatusCode>,
    pub(super) aborted: Option<Abort>,
    /// What became of a task with all defaults.
    pub(super) default: Outcome,
}

impl Case {
    pub(super) fn new(path: String, plan: Plan) -> Self {
        Self {
            path,
            plan,
            arrived: watch::Sender::new(false),
            told: Arc::new(watch::Sender::new(None)),
            default: OnceLock::new(),
        }
    }

    /// The handler.
    pub(super) async fn answer(&self) -> Response<KitBody> {
        self.register();
        self.arrived.send_replace(true);
        if self.plan.waits {
            std::future::pending::<()>().await;
        }
        assert!(!self.plan.panics, "the handler panics, as the row asks for");
        let mut response = Response::new(KitBody::new(self.plan.body));
        *response.status_mut() = self.plan.status;
        response
    }

    fn register(&self) {
        let told = Arc::clone(&self.told);
        Task::with_sent(move |sent| {
            told.send_replace(Some(sent));
        })
        .name("conformance, always")
        .no_go(NoGo::NONE)
        .no_response(NoResponse::Run)
        .follow_response();
        let default = Task::new(|| {}).name("conformance, by default");
        // A path is asked for once.
        let _ = self.default.set(default.follow_response());
    }

    /// Waits until the handler has registered its tasks.
    pub(super) async fn arrived(&self) {
        // The sender lives as long as this case.
        let _ = self.arrived.subscribe().wait_for(|arrived| *arrived).await;
    }

    /// Whether the task that always runs has started.
    pub(super) fn has_started(&self) -> bool {
        self.told.borrow().is_some()
    }

    /// Waits for the ending.
    pub(super) async fn ending(&self) -> Ending {
        self.arrived().await;
        let mut told = self.told.subscribe();
        let sent = told.wait_for(Option::is_some).await;
        let sent = sent.ok().and_then(|sent| sent.clone());
        Ending {
            status: sent.as_ref().and_then(Sent::status),
            aborted: sent.as_ref().and_then(Sent::aborted),
            default: match self.default.get() {
                Some(default) => default.outcome().await,
                None => Outcome::Abandoned,
            },
        }
    }
}

/// The size of a chunk of a streamed body, in bytes.
const CHUNK: usize = 16 * 1024;

/// A body of the kit's.
#[derive(Debug)]
pub struct KitBody {
    plan: BodyPlan,
    left: usize,
    is_over: bool,
}

impl KitBody {
    pub(super) fn empty() -> Self {
        Self::new(BodyPlan::Empty)
    }

    fn new(plan: BodyPlan) -> Self {
        let left = match plan {
            BodyPlan::Empty => 0,
            BodyPlan::Whole(bytes)
            | BodyPlan::Known(bytes)
            | BodyPlan::Streamed(bytes)
            | BodyPlan::Trailed(bytes)
            | BodyPlan::Failing(bytes)
            | BodyPlan::Panicking(bytes)
            | BodyPlan::Short(bytes) => bytes,
        };
        Self {
            plan,
            left,
            is_over: plan == BodyPlan::Empty,
        }
    }
}

impl KitBody {
    fn chunk(&self) -> Bytes {
        static ZEROS: [u8; CHUNK] = [0; CHUNK];
        match self.plan {
            BodyPlan::Whole(bytes) => vec![0; bytes].into(),
            _ => Bytes::from_static(&ZEROS[..self.left.min(CHUNK)]),
        }
    }

    /// The bytes to come, if that is said.
    fn says_left(&self) -> Option<usize> {
        match self.plan {
            BodyPlan::Empty | BodyPlan::Known(_) | BodyPlan::Whole(_) => Some(self.left),
            BodyPlan::Short(bytes) => Some(bytes + self.left),
            _ => None,
        }
    }
}

impl Body for KitBody {
    type Data = Bytes;
    type Error = KitError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, KitError>>> {
        if self.left > 0 {
            let chunk = self.chunk();
            self.left -= chunk.len();
            self.is_over = self.says_left() == Some(0);
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        let was_over = std::mem::replace(&mut self.is_over, true);
        Poll::Ready(match self.plan {
            _ if was_over => None,
            BodyPlan::Trailed(_) => Some(Ok(Frame::trailers(trailers()))),
            BodyPlan::Panicking(_) => panic!("the body panics, as the row asks for"),
            BodyPlan::Failing(_) => Some(Err(KitError { _private: () })),
            _ => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.says_left().map(|left| left as u64);
        left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn trailers() -> HeaderMap {
    let name = HeaderName::from_static("x-kit");
    HeaderMap::from_iter([(name, HeaderValue::from_static("over"))])
}

/// The error of a body that is to fail.
#[derive(Debug)]
pub struct KitError {
    _private: (),
}

impl fmt::Display for KitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body fails, as the row asks for")
    }
}

impl Error for KitError {}
