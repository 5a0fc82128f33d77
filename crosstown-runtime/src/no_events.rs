//! Stands in for the events without the feature `tracing`: nobody hears of any.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::executor::Unfinished;
use crate::outcome::Outcome;
use crate::span::TaskSpan;
use crate::task::{Header, Runnable};

pub(crate) fn ended(_: &Header, _: &Outcome, _: &TaskSpan) {}

pub(crate) fn outside(_: &Header) {}

pub(crate) fn awaited(_: &Arc<dyn Runnable>) {}

pub(crate) fn no_runtime(_: &io::Error) {}

pub(crate) fn no_thread(_: &(dyn Any + Send)) {}

pub(crate) fn overran(_: &Header, _: Duration) {}

pub(crate) fn overruns(_: &Header, _: Duration) {}

pub(crate) fn unfinished(_: &Unfinished) {}

pub(crate) fn unanswered(_: u64) {}

pub(crate) fn unnamed(_: u64) {}

pub(crate) fn hook_panicked(_: &str) {}

#[cfg(feature = "tower")]
pub(crate) fn release_only() {}

#[cfg(feature = "wire")]
pub(crate) fn in_current_span<F: Future>(future: F) -> F {
    future
}
