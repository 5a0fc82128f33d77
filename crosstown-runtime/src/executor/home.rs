//! How tasks and responses hold their executor.

use std::ops::Deref;
use std::sync::Arc;

use super::Executor;

/// An executor, by a pointer of which each connection has its own: what counts
/// the owners of an executor is one for all threads, and tasks come and go.
#[derive(Debug, Clone, Default)]
pub(crate) struct Home {
    /// None is the global one, whose owners nobody need count.
    executor: Option<Arc<Executor>>,
}

impl Home {
    /// The same executor, by a pointer that others don't count.
    #[cfg(feature = "wire")]
    pub(crate) fn apart(&self) -> Self {
        let executor = self.executor.as_deref();
        executor.map_or_else(Self::default, |executor| executor.clone().into())
    }
}

impl From<Executor> for Home {
    fn from(executor: Executor) -> Self {
        let executor = (!executor.is_global()).then(|| Arc::new(executor));
        Self { executor }
    }
}

impl Deref for Home {
    type Target = Executor;

    #[inline]
    fn deref(&self) -> &Executor {
        match &self.executor {
            Some(executor) => executor,
            None => Executor::global(),
        }
    }
}
