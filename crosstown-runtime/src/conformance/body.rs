//! The bodies that the kit answers with.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};

use super::plan::BodyPlan;

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
    pub(super) fn new(plan: BodyPlan) -> Self {
        Self {
            plan,
            left: plan.bytes(),
            is_over: plan == BodyPlan::Empty,
        }
    }

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
