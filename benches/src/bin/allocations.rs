//! Runs one scenario and prints what it allocated: calls, and bytes that were
//! still held when it was over.

use std::alloc::System;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crosstown_benches::scenarios;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

static CALLS: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicI64 = AtomicI64::new(0);

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(scenario) = scenarios::named(&name) else {
        eprintln!("no scenario is called {name:?}");
        std::process::exit(2);
    };
    (scenario.run)(&scenario, counted);
    let (calls, held) = (CALLS.load(Ordering::Relaxed), HELD.load(Ordering::Relaxed));
    println!("{calls} {held}");
}

fn counted(run: &mut dyn FnMut()) {
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    let calls = change.allocations + change.reallocations;
    let held = change.bytes_allocated as i64 - change.bytes_deallocated as i64;
    CALLS.fetch_add(calls as u64, Ordering::Relaxed);
    HELD.fetch_add(held, Ordering::Relaxed);
}
