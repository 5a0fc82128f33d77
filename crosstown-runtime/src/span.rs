//! The `tracing` span of a task.

use std::mem;
use std::num::NonZeroU64;
use std::time::Instant;

use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::span::Entered;
use tracing::{Id, Span, dispatcher, info_span};

use crate::labels;
use crate::outcome::Outcome;
use crate::sent::Sent;
use crate::task::Header;
use crate::unwind::{contained, drop_contained};

/// Whether there may be a subscriber. This is one load.
pub(crate) fn is_listened_to() -> bool {
    LevelFilter::current() != LevelFilter::OFF
}

/// The span in which the first task of a response was registered, by its
/// number only: the span is not held open.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cause(Option<NonZeroU64>);

impl Cause {
    pub(crate) const NONE: Self = Self(None);

    #[inline]
    pub(crate) fn here() -> Self {
        if is_listened_to() {
            Self::ask()
        } else {
            Self::NONE
        }
    }

    #[cold]
    fn ask() -> Self {
        let mut cause = Self::NONE;
        contained(|| {
            let id = dispatcher::get_default(|now| now.current_span().id().cloned());
            cause.0 = id.map(|id| id.into_non_zero_u64());
        });
        cause
    }
}

/// The span of a running task. A panic of the subscriber, whatever it is told
/// of the span, goes no further.
pub(crate) struct TaskSpan(Span);

/// In a span until it is dropped, also when what runs there unwinds.
struct Inside<'a>(Option<Entered<'a>>);

impl TaskSpan {
    pub(crate) fn none() -> Self {
        Self(Span::none())
    }

    pub(crate) fn begin(header: &Header, sent: &Sent, now: Instant) -> Self {
        let mut begun = Self::none();
        contained(|| {
            // Kept before more is said of it: as a local, it would be
            // dropped by a panic, and a second one then aborts.
            begun.0 = info_span!(
                target: "crosstown_runtime",
                parent: None,
                "task",
                name = &*header.options.name(),
                status = sent.status().map(|status| status.as_u16()),
                queued = ?now.saturating_duration_since(sent.reached_at()),
                outcome = Empty,
            );
            let cause = sent.cause().0.map(Id::from_non_zero_u64);
            begun.0.follows_from(cause);
        });
        begun
    }

    pub(crate) fn in_scope<R>(&self, body: impl FnOnce() -> R) -> R {
        let _inside = Inside::enter(&self.0);
        body()
    }

    pub(crate) fn ended(&self, outcome: &Outcome) {
        contained(|| _ = self.0.record("outcome", labels::outcome(outcome)));
    }
}

impl Drop for TaskSpan {
    #[inline]
    fn drop(&mut self) {
        if !self.0.is_none() {
            drop_contained(mem::replace(&mut self.0, Span::none()));
        }
    }
}

impl<'a> Inside<'a> {
    #[inline]
    fn enter(span: &'a Span) -> Self {
        let mut inside = Self(None);
        if !span.is_none() {
            contained(|| inside.0 = Some(span.enter()));
        }
        inside
    }
}

impl Drop for Inside<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(entered) = self.0.take() {
            drop_contained(entered);
        }
    }
}
