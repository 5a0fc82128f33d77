//! The real thing.

pub(crate) use std::sync::{Mutex, MutexGuard, atomic};
pub(crate) use tokio::runtime::{Handle, Id};
pub(crate) use tokio::task::AbortHandle;
pub(crate) use tokio::task::futures::TaskLocalFuture;
pub(crate) use tokio::task_local;
pub(crate) use tokio::time::timeout;
