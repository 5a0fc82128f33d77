//! One request and its response, as far as following them needs to know.

use http::header::{CONTENT_LENGTH, HeaderName};
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body;

use super::followed::{Ending, FollowedBody};
use super::release::{Share, Transport};
use crate::scope::InFlight;
use crate::wire::WireHandle;

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// What must be remembered of a request to follow its response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    head: bool,
    connect: bool,
}

/// A request and the connection over which it came.
pub(crate) struct Exchange {
    asked: Asked,
    version: Version,
    wire: Option<WireHandle>,
}

impl Asked {
    #[inline]
    pub(crate) fn new<B>(request: &Request<B>) -> Self {
        Self {
            head: request.method() == Method::HEAD,
            connect: request.method() == Method::CONNECT,
        }
    }

    pub(crate) fn over(self, version: Version, wire: Option<WireHandle>) -> Exchange {
        Exchange {
            asked: self,
            version,
            wire,
        }
    }

    /// Whether HTTP defines the response to have no content (RFC 9110, 6.4.1).
    fn is_without_content(&self, status: StatusCode) -> bool {
        self.head || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    }
}

impl Exchange {
    /// Whether the transport sends no body, whatever the response holds.
    fn is_bodiless(&self, status: StatusCode) -> bool {
        let upgrade = status == StatusCode::SWITCHING_PROTOCOLS;
        let replaced = status != sent_as(status, self.version);
        // hyper's HTTP/1 drops these bodies unpolled; its HTTP/2 sends them.
        let unsent = self.asked.is_without_content(status) && !self.is_multiplexed();
        upgrade || replaced || unsent || self.is_tunnel(status)
    }

    fn is_tunnel(&self, status: StatusCode) -> bool {
        self.asked.connect && status.is_success()
    }

    /// Whether hyper resets the stream in place of this response: a tunnel over
    /// HTTP/2 that says a length (`H2Stream::poll2`, hyper 1.12
    /// `src/proto/h2/server.rs`).
    fn is_reset<B>(&self, response: &Response<B>) -> bool {
        let says_length = || matches!(length_header(response), Some(Some(1..)));
        self.is_multiplexed() && self.is_tunnel(response.status()) && says_length()
    }

    fn is_multiplexed(&self) -> bool {
        is_multiplexed(self.version)
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Follows the response with what was registered.
    ///
    /// # Errors
    ///
    /// The response as it is, when nothing is left that could follow it.
    pub(crate) fn follow<B: Body>(
        &self,
        response: Response<B>,
        in_flight: InFlight,
    ) -> Result<Response<FollowedBody<B>>, Response<B>> {
        if in_flight.is_empty() {
            return Err(response);
        }
        Ok(self.followed(response, in_flight))
    }

    fn followed<B: Body>(
        &self,
        mut response: Response<B>,
        in_flight: InFlight,
    ) -> Response<FollowedBody<B>> {
        let ending = self.ending(&response);
        let header = self.last_header(&response);
        let share = Share::new(in_flight, self.transport(ending));
        if let Some(value) = header.and_then(|name| response.headers_mut().get_mut(name)) {
            share.mark(value);
            return response.map(FollowedBody::untouched);
        }
        let is_reset = self.is_reset(&response);
        response.map(|body| {
            let followed = FollowedBody::followed(body, share, ending);
            if is_reset {
                followed.failed()
            } else {
                followed
            }
        })
    }

    /// How the transport is to learn that the body is at its end.
    fn ending<B: Body>(&self, response: &Response<B>) -> Ending {
        let status = response.status();
        let is_empty = response.body().is_end_stream();
        if self.is_bodiless(status) || is_empty && !self.is_heard_multiplexed() {
            return Ending::Bodiless;
        }
        if !self.is_multiplexed() {
            return Ending::Plain {
                left: content_length(response),
            };
        }
        let left = if self.asked.is_without_content(status) {
            Some(0)
        } else {
            content_length(response)
        };
        Ending::Multiplexed { left }
    }

    /// The header that tells of the end, where a response must end with its head
    /// though a frame of data could follow:
    ///
    /// - a `304` with the length of what it does not send: h2's client, for one,
    ///   counts that length when anything follows the head;
    /// - an error of gRPC: its clients take a head for trailers, in which the status
    ///   is, only where the stream ends with it (gRPC's PROTOCOL-HTTP2.md,
    ///   "Trailers-Only").
    fn last_header<B: Body>(&self, response: &Response<B>) -> Option<HeaderName> {
        let is_head_alone =
            self.is_heard_multiplexed() && !self.asked.head && response.body().is_end_stream();
        if !is_head_alone {
            return None;
        }
        let says_length = || length_header(response).is_some_and(|length| length != Some(0));
        if self.asked.is_without_content(response.status()) && says_length() {
            return Some(CONTENT_LENGTH);
        }
        // With a length that is not 0 it is malformed, however it ends.
        let is_grpc = response.headers().contains_key(&GRPC_STATUS) && !says_length();
        is_grpc.then_some(GRPC_STATUS)
    }

    /// Whether it can be heard on the connection what becomes of a frame. A
    /// response without data then ends with a frame of data all the same, as it
    /// may (RFC 9113, 8.1).
    fn is_heard_multiplexed(&self) -> bool {
        self.wire.is_some() && self.is_multiplexed()
    }

    fn transport(&self, ending: Ending) -> Transport {
        let multiplexed = self.is_multiplexed();
        match &self.wire {
            None => Transport::Unheard {
                deferred: multiplexed || !matches!(ending, Ending::Plain { left: Some(1..) }),
            },
            Some(wire) => Transport::Wire {
                written_before: wire.written(),
                multiplexed: multiplexed.then(|| wire.multiplex()),
                wire: wire.clone(),
            },
        }
    }
}

fn is_multiplexed(version: Version) -> bool {
    version >= Version::HTTP_2
}

/// The status that is sent when the handler has answered with `status`: over HTTP/1
/// hyper has no final `1xx` but the upgrade, and sends a 500 in its place
/// (`Server::encode`, hyper 1.12 `src/proto/h1/role.rs`).
pub(super) fn sent_as(status: StatusCode, version: Version) -> StatusCode {
    let upgrade = status == StatusCode::SWITCHING_PROTOCOLS;
    if status.is_informational() && !upgrade && !is_multiplexed(version) {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        status
    }
}

/// The length that the peer is told: by the header, else by hyper, which says
/// what the body says of itself.
fn content_length<B: Body>(response: &Response<B>) -> Option<u64> {
    match length_header(response) {
        Some(length) => length,
        None => response.body().size_hint().exact(),
    }
}

/// The header `content-length`; `Some(None)` when it is no number.
fn length_header<B>(response: &Response<B>) -> Option<Option<u64>> {
    let length = response.headers().get(CONTENT_LENGTH)?;
    Some(length.to_str().ok().and_then(|length| length.parse().ok()))
}
