//! Outcomes as words, for spans and metrics.

use crate::outcome::Outcome;
#[cfg(feature = "metrics")]
use crate::outcome::Skip;

pub(crate) fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Failed(_) => "failed",
        Outcome::Panicked(_) => "panicked",
        Outcome::TimedOut => "timed_out",
        Outcome::Skipped(_) => "skipped",
        Outcome::Cancelled => "cancelled",
        Outcome::Abandoned => "abandoned",
    }
}

/// Why a task was skipped.
#[cfg(feature = "metrics")]
pub(crate) fn cause(outcome: &Outcome) -> Option<&'static str> {
    let Outcome::Skipped(skip) = outcome else {
        return None;
    };
    Some(match skip {
        Skip::NoGo(_) => "no_go",
        Skip::NoResponse => "no_response",
        Skip::Aborted => "aborted",
        Skip::Undeliverable => "undeliverable",
        Skip::When => "when",
        Skip::Replaced => "replaced",
        Skip::WithoutResponse => "without_response",
        Skip::ShutDown => "shut_down",
        Skip::QueueFull => "queue_full",
    })
}
