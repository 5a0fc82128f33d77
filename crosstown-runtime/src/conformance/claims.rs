//! What an adapter says of itself.

/// What an adapter claims. The rest is reported as not claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// It serves HTTP/1.1.
    pub http1: bool,
    /// It serves HTTP/2 without TLS, known in advance (RFC 9113, section 3.3).
    pub http2: bool,
    /// It waits for the wire also where the transport lets go of a response
    /// before that: responses without data or of unknown length, all responses
    /// over HTTP/2, and resets of what is queued.
    pub wire: bool,
    /// Over HTTP/1.1 it serves one request after another on a connection.
    pub keep_alive: bool,
    /// It notices a client that hangs up while the handler works.
    pub hang_ups: bool,
    /// It lets a handler go on whose client has hung up, and aborts the response
    /// that comes of it.
    pub detached: bool,
}

impl Claims {
    /// Everything, of handlers that are dropped when their client hangs up.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            http1: true,
            http2: true,
            wire: true,
            keep_alive: true,
            hang_ups: true,
            detached: false,
        }
    }

    /// Without HTTP/1.1.
    #[must_use]
    pub const fn without_http1(mut self) -> Self {
        self.http1 = false;
        self
    }

    /// Without HTTP/2.
    #[must_use]
    pub const fn without_http2(mut self) -> Self {
        self.http2 = false;
        self
    }

    /// Without the wire: a response counts as sent when the transport lets go
    /// of it.
    #[must_use]
    pub const fn without_wire(mut self) -> Self {
        self.wire = false;
        self
    }

    /// Without a second request on a connection of HTTP/1.1.
    #[must_use]
    pub const fn without_keep_alive(mut self) -> Self {
        self.keep_alive = false;
        self
    }

    /// Without an eye on the client while the handler works.
    #[must_use]
    pub const fn without_hang_ups(mut self) -> Self {
        self.hang_ups = false;
        self
    }

    /// With handlers that go on when their client hangs up: what their tasks are
    /// told is [`Abort::Client`](crate::Abort::Client), with the status that would
    /// have been sent.
    #[must_use]
    pub const fn detached(mut self) -> Self {
        self.detached = true;
        self
    }
}
