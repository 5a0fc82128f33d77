//! One request and its response, as far as following them needs to know.

use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body;

use super::followed::{Ending, FollowedBody};
use super::release::{Share, Transport};
use crate::scope::InFlight;
use crate::wire::WireHandle;

/// What must be remembered of a request to follow its response.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    version: Version,
    head: bool,
    connect: bool,
    wire: Option<WireHandle>,
}

/// What an adapter makes of a response that nothing follows, and of the body of
/// one that is followed.
pub(crate) struct Shape<B, T> {
    pub(crate) untouched: fn(Response<B>) -> Response<T>,
    pub(crate) followed: fn(FollowedBody<B>) -> T,
}

impl<B> Shape<B, FollowedBody<B>> {
    /// The same type for both.
    pub(crate) const WRAPPED: Self = Self {
        untouched: |response| response.map(FollowedBody::untouched),
        followed: |body| body,
    };
}

impl Exchange {
    pub(crate) fn new<B>(request: &Request<B>, wire: Option<WireHandle>) -> Self {
        Self {
            version: request.version(),
            head: request.method() == Method::HEAD,
            connect: request.method() == Method::CONNECT,
            wire,
        }
    }

    /// Follows the response with what was registered; leaves a response that
    /// nothing follows as it is.
    #[inline]
    pub(crate) fn follow<B: Body, T>(
        self,
        response: Response<B>,
        in_flight: InFlight,
        shape: Shape<B, T>,
    ) -> Response<T> {
        if in_flight.is_empty() {
            return (shape.untouched)(response);
        }
        self.followed(response, in_flight).map(shape.followed)
    }

    fn followed<B: Body>(
        self,
        response: Response<B>,
        in_flight: InFlight,
    ) -> Response<FollowedBody<B>> {
        let bodiless = self.is_bodiless(response.status()) || response.body().is_end_stream();
        let ending = if bodiless {
            Ending::Bodiless
        } else if self.is_multiplexed() {
            Ending::Multiplexed
        } else {
            Ending::Plain {
                left: content_length(&response),
            }
        };
        let share = Share::new(in_flight, self.transport(bodiless));
        response.map(|body| FollowedBody::followed(body, share, ending))
    }

    /// Whether the transport sends no body, whatever the response holds.
    fn is_bodiless(&self, status: StatusCode) -> bool {
        let upgrade = status == StatusCode::SWITCHING_PROTOCOLS;
        let tunnel = self.connect && status.is_success();
        // hyper's HTTP/1 drops these bodies unpolled; its HTTP/2 sends them.
        let none = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        upgrade || tunnel || ((self.head || none) && !self.is_multiplexed())
    }

    fn is_multiplexed(&self) -> bool {
        self.version >= Version::HTTP_2
    }

    fn transport(self, bodiless: bool) -> Transport {
        let multiplexed = self.is_multiplexed();
        match self.wire {
            None => Transport::Unheard {
                deferred: bodiless || multiplexed,
            },
            Some(wire) => Transport::Wire {
                multiplexed: multiplexed.then(|| wire.multiplex()),
                wire,
            },
        }
    }
}

/// The length after which the transport stops to ask for more: what the head
/// says, else what the body says of itself.
fn content_length<B: Body>(response: &Response<B>) -> Option<u64> {
    let header = response.headers().get(http::header::CONTENT_LENGTH);
    match header {
        Some(length) => length.to_str().ok()?.parse().ok(),
        None => response.body().size_hint().exact(),
    }
}
