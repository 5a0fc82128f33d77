//! Measurements of crosstown, beside what a user would write by hand.
//!
//! `cargo bench -p crosstown-benches` runs them all and writes
//! `BENCHMARKS.md`; with words behind `--` it runs the chapters that they name
//! and prints them: `counts`, `times`, `builds`. `benches/check-counts` fails
//! when a count has grown.
//!
//! Counts repeat on a noisy machine: instructions are counted by callgrind in
//! the binary `counts`, allocations by a counting allocator in the binary
//! `allocations`, both over the [`scenarios`] of this library. Times don't
//! repeat, so the sides to compare run in turn, round after round; what is
//! reported is the ratio, the median over the rounds, and its quartiles.

pub mod scenarios;
pub mod server;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crosstown_runtime::ResponseScope;
use http::StatusCode;

/// Takes a response through its whole life, on this thread.
pub fn respond(scope: ResponseScope, handler: impl FnOnce()) {
    let mut handler = pin!(scope.run(async { handler() }));
    let poll = handler
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(((), pending)) = poll else {
        unreachable!("the handler awaits nothing");
    };
    drop(pending.respond(StatusCode::OK).sent());
}
