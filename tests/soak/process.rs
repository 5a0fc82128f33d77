//! What this process takes of the machine; threads and resident memory only
//! where the kernel is Linux, zero elsewhere.

use std::alloc::System;
use std::fmt;
use std::fs;
use std::process::Command;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Memory and threads at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Bytes that are allocated and not freed, to the byte.
    pub live: usize,
    /// How many allocations these are.
    pub allocations: usize,
    /// Bytes that the allocator has from the kernel: never less than its peak
    /// in small pieces.
    pub resident: usize,
    /// Threads.
    pub threads: usize,
}

impl Level {
    /// The level now.
    #[must_use]
    pub fn now() -> Self {
        let stats = ALLOCATOR.stats();
        Self {
            live: stats.bytes_allocated - stats.bytes_deallocated,
            allocations: stats.allocations - stats.deallocations,
            resident: of_status("VmRSS:") * 1024,
            threads: of_status("Threads:"),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            live,
            allocations,
            resident,
            threads,
        } = self;
        write!(
            f,
            "{live} bytes live in {allocations} allocations, {resident} resident, {threads} threads"
        )
    }
}

fn of_status(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines().filter_map(|line| line.strip_prefix(name));
    let number = lines.next().and_then(|line| line.split_whitespace().next());
    number.map_or(0, |number| number.parse().expect("a number"))
}

/// Sends this process a SIGTERM, from another.
///
/// # Panics
///
/// Where there is no `kill`.
pub fn terminate() {
    let id = std::process::id().to_string();
    let status = Command::new("kill").args(["-TERM", &id]).status();
    assert!(status.expect("kill is there").success());
}
