//! How a request of the kit is to be answered.

use http::StatusCode;

use crate::sent::Phase;

/// How a request is to be answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) status: StatusCode,
    pub(super) body: BodyPlan,
    /// Whether the handler waits until it is let go.
    pub(super) waits: bool,
    /// Whether the handler panics.
    pub(super) panics: bool,
    /// The phase at which a task holds the adapter.
    pub(super) holds: Option<Phase>,
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

impl BodyPlan {
    /// How many bytes it has.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Whole(bytes)
            | Self::Known(bytes)
            | Self::Streamed(bytes)
            | Self::Trailed(bytes)
            | Self::Failing(bytes)
            | Self::Panicking(bytes)
            | Self::Short(bytes) => bytes,
        }
    }
}

impl Plan {
    pub(super) const fn new(status: StatusCode, body: BodyPlan) -> Self {
        Self {
            status,
            body,
            waits: false,
            panics: false,
            holds: None,
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

    pub(super) const fn holding(mut self, phase: Phase) -> Self {
        self.holds = Some(phase);
        self
    }
}
