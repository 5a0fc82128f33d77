//! A runtime for tasks that come from no tokio runtime.

use std::io;
use std::thread;

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle};

/// Returns `runtime`, or where there is none, one of the crate's own: a single
/// thread, and a blocking pool of tokio's default size, made on first use.
///
/// # Errors
///
/// When the system has no thread or no file descriptor left for it; the next
/// call tries again.
pub(super) fn or_fallback(runtime: Option<&Handle>) -> io::Result<&Handle> {
    // std's `OnceLock::get_or_try_init` is not stable; once_cell's is.
    static FALLBACK: OnceCell<Handle> = OnceCell::new();
    match runtime {
        Some(runtime) => Ok(runtime),
        None => FALLBACK.get_or_try_init(start),
    }
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("crosstown-fallback".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}
