//! Times as numbers, to be kept in atomics.

use std::time::Duration;

/// `time` in nanoseconds, or the largest number where that is more. By parts: it
/// is asked for at the start of each task, and 128 bits take longer.
pub(crate) fn nanos(time: Duration) -> u64 {
    let seconds = time.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(time.subsec_nanos().into())
}
