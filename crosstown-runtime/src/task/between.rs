//! What a thread keeps between closures.

use std::sync::Arc;
use std::time::Instant;

use super::header::Header;
use crate::executor::{Chunk, Claim};
use crate::scope::context::{Context, Other};

/// What a thread keeps between closures that it runs one after another: most of
/// them follow one response.
pub(crate) struct Between {
    context: Context,
    /// When the last one ended.
    ended_at: Option<Instant>,
    /// Whether that may pass for the start of the next.
    is_start: bool,
}

impl Default for Between {
    fn default() -> Self {
        Self {
            context: Context::OUTSIDE,
            ended_at: None,
            is_start: false,
        }
    }
}

impl Between {
    /// Before closures of which the first starts now.
    pub(crate) fn before(now: Instant) -> Self {
        Self {
            ended_at: Some(now),
            is_start: true,
            ..Self::default()
        }
    }

    /// Claims the task that is next.
    pub(crate) fn claim(&mut self, chunk: &Arc<Chunk>, index: usize) {
        match &mut self.context {
            Context::Other(Other::Task(last)) => drop(last.renew(chunk, index)),
            context => *context = Context::task(Claim::new(chunk, index)),
        }
    }

    /// The context of the task that was claimed last.
    pub(super) fn context(&mut self) -> &mut Context {
        &mut self.context
    }

    /// When the next one starts.
    pub(super) fn started_at(&mut self) -> Instant {
        match self.ended_at {
            Some(ended_at) if self.is_start => ended_at,
            _ => Instant::now(),
        }
    }

    /// Notes when a task ended. Where nobody is told of times, no hook and no
    /// subscriber runs from here to the start of the next, and another look at
    /// the clock is spared.
    pub(super) fn ended(&mut self, task: &Header, ended_at: Instant) {
        self.ended_at = Some(ended_at);
        self.is_start = !task.executor.tells_times();
    }

    /// When the last one ended.
    pub(crate) fn ended_at(&self) -> Option<Instant> {
        self.ended_at
    }
}
