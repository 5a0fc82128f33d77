//! The body of a response that tasks follow.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::release::Share;

pin_project! {
    /// A response body that tells when the transport lets go of it.
    ///
    /// The adapters return it; [the module](super) says what it does. The body
    /// of a response that nothing follows is passed on untouched.
    pub struct FollowedBody<B> {
        #[pin]
        body: B,
        // In a box, since the body of most responses is followed by nothing and
        // is moved from hand to hand.
        follow: Option<Box<Follow>>,
    }
}

/// What following a body needs.
struct Follow {
    /// The body's own share; given up with the last frame over HTTP/2.
    share: Option<Share>,
    ending: Ending,
    stage: Stage,
}

/// How far the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is asked for frames.
    Begun,
    /// It says that it is at its end, and is not asked again.
    Ended,
    /// The last frame has been handed on.
    Over,
}

/// How the transport learns that the body is at its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// There is none: the head is all.
    Bodiless,
    /// By the end of the body, or by its length.
    Plain {
        /// Bytes to come, where the length is known.
        left: Option<u64>,
    },
    /// By the last frame: an empty one of data, or trailers.
    Multiplexed {
        /// Bytes to come, where the length is known. Past the length it wraps:
        /// a body that is too long is as wrong at its end as one too short.
        left: Option<u64>,
    },
}

impl<B> FollowedBody<B> {
    pub(super) fn untouched(body: B) -> Self {
        Self { body, follow: None }
    }

    pub(super) fn followed(body: B, share: Share, ending: Ending) -> Self
    where
        B: Body,
    {
        let is_all_handed_on = match ending {
            Ending::Bodiless | Ending::Plain { left: Some(0) } => true,
            // The body may be dropped unasked: outside of `Router::layer`, axum drops
            // that of a `HEAD` (0.8.9 `src/routing/route.rs`). Where frames are heard
            // of, whether its end is sent is known by the frame that carries it.
            Ending::Multiplexed { left: Some(0) } => !share.has_wire(),
            Ending::Plain { .. } | Ending::Multiplexed { .. } => false,
        };
        if is_all_handed_on {
            share.all_handed_on();
        }
        let follow = Follow {
            share: Some(share),
            ending,
            stage: match ending {
                // It was not at its end when it was asked for that.
                Ending::Plain { .. } => Stage::Begun,
                Ending::Bodiless | Ending::Multiplexed { .. } => Stage::of(&body),
            },
        };
        Self {
            body,
            follow: Some(Box::new(follow)),
        }
    }

    /// The same, of a response that will not be sent.
    pub(super) fn failed(mut self) -> Self {
        if let Some(follow) = &mut self.follow {
            follow.fail();
        }
        self
    }

    /// Returns the wrapped body when nothing follows it, else itself.
    ///
    /// # Errors
    ///
    /// Itself, when a task follows the response.
    pub fn into_untouched(self) -> Result<B, Self> {
        match self.follow {
            None => Ok(self.body),
            Some(_) => Err(self),
        }
    }
}

impl<B> Body for FollowedBody<B>
where
    B: Body<Data = Bytes>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let Some(follow) = this.follow else {
            return this.body.poll_frame(cx);
        };
        match follow.stage {
            Stage::Begun => {}
            Stage::Ended => return Poll::Ready(follow.end().map(Ok)),
            Stage::Over => return Poll::Ready(None),
        }
        let unwound = Unwound(follow);
        let polled = this.body.as_mut().poll_frame(cx);
        mem::forget(unwound);
        let frame = match ready!(polled) {
            None => return Poll::Ready(follow.end().map(Ok)),
            Some(Err(error)) => {
                follow.fail();
                return Poll::Ready(Some(Err(error)));
            }
            Some(Ok(frame)) => frame,
        };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Ok(data) => {
                follow.stage = Stage::of(&*this.body);
                Frame::data(follow.data(data))
            }
            Err(frame) => follow.other(frame),
        })))
    }

    fn is_end_stream(&self) -> bool {
        match &self.follow {
            Some(follow) => match follow.ending {
                Ending::Bodiless => self.body.is_end_stream(),
                // As it was after the last frame: it may have changed since, and
                // hyper asks no further of what is at its end.
                Ending::Plain { .. } => follow.stage != Stage::Begun,
                // The end of the data is a frame of its own.
                Ending::Multiplexed { .. } => follow.stage == Stage::Over,
            },
            None => self.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.follow {
            // hyper would tell the peer a length of 0, where it says nothing of
            // a body that is at its end; a `204` must not have one.
            Some(follow) if follow.is_multiplexed() && follow.stage != Stage::Begun => {
                SizeHint::default()
            }
            _ => self.body.size_hint(),
        }
    }
}

impl Stage {
    fn of<B: Body>(body: &B) -> Self {
        if body.is_end_stream() {
            Self::Ended
        } else {
            Self::Begun
        }
    }
}

impl Follow {
    /// Hands on a chunk of data.
    fn data(&mut self, data: Bytes) -> Bytes {
        let last = self.stage == Stage::Ended;
        let Some(share) = &self.share else {
            return data;
        };
        share.add_bytes(data.len());
        match &mut self.ending {
            Ending::Plain { left } => {
                *left = left.map(|left| left.saturating_sub(data.len() as u64));
                // The transport may drop the body without asking on.
                match *left {
                    Some(1..) if last => share.fail(),
                    left if last || left == Some(0) => share.all_handed_on(),
                    _ => {}
                }
                if share.has_wire() {
                    data
                } else {
                    share.attach(data)
                }
            }
            Ending::Multiplexed { left } => {
                *left = left.map(|left| left.wrapping_sub(data.len() as u64));
                data
            }
            Ending::Bodiless => data,
        }
    }

    /// The body is at its end.
    fn end(&mut self) -> Option<Frame<Bytes>> {
        if self.is_off_its_length() {
            self.fail();
            return None;
        }
        self.finish();
        let share = self.take_for_the_last_frame()?;
        Some(Frame::data(share.into_end()))
    }

    /// Trailers, or a frame of a kind yet unknown.
    fn other(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        let mut trailers = match frame.into_trailers() {
            Ok(trailers) => trailers,
            Err(frame) => return frame,
        };
        if self.is_off_its_length() {
            self.fail();
            return Frame::trailers(trailers);
        }
        self.finish();
        if let Some(share) = self.take_for_the_last_frame() {
            let Some(value) = trailers.values_mut().next() else {
                return Frame::data(share.into_end());
            };
            share.mark(value);
        }
        Frame::trailers(trailers)
    }

    /// The share, where the last frame is to carry it.
    fn take_for_the_last_frame(&mut self) -> Option<Share> {
        match self.ending {
            Ending::Multiplexed { .. } => self.share.take(),
            Ending::Bodiless | Ending::Plain { .. } => None,
        }
    }

    /// The last frame is handed on.
    fn finish(&mut self) {
        self.stage = Stage::Over;
        self.all_handed_on();
    }

    fn all_handed_on(&self) {
        if let Some(share) = &self.share {
            share.all_handed_on();
        }
    }

    fn fail(&mut self) {
        self.stage = Stage::Over;
        if let Some(share) = &self.share {
            share.fail();
        }
    }

    /// Whether the data is not as long as the head says, so that the peer has
    /// no response: HTTP/1 breaks off, and over HTTP/2 it is malformed (RFC 9113,
    /// 8.1.1).
    fn is_off_its_length(&self) -> bool {
        let (Ending::Plain { left } | Ending::Multiplexed { left }) = self.ending else {
            return false;
        };
        left.is_some_and(|left| left > 0)
    }

    fn is_multiplexed(&self) -> bool {
        matches!(self.ending, Ending::Multiplexed { .. })
    }
}

/// Dropped while the body unwinds, and only then: it has failed.
struct Unwound<'a>(&'a mut Follow);

impl Drop for Unwound<'_> {
    fn drop(&mut self) {
        self.0.fail();
    }
}

impl<B> fmt::Debug for FollowedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowedBody")
            .field("is_followed", &self.follow.is_some())
            .finish_non_exhaustive()
    }
}
