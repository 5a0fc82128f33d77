//! The promises, one function each.

mod http1;
mod http2;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use http::{Method, StatusCode};

use super::case::{BodyPlan, Case, Ending};
use super::{Bench, Claims};
use crate::outcome::{Outcome, Skip};
use crate::sent::Abort;

/// What the steps of a row return.
pub(super) type Checked<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// More than the buffers of two kernels take, in bytes.
const BIG: usize = 32 << 20;

/// A promise, and how it is checked.
pub(super) struct Row {
    pub(super) protocol: Protocol,
    pub(super) name: &'static str,
    /// Whether it is only kept by who waits for the wire.
    needs_wire: bool,
    pub(super) run: fn(Bench) -> Running,
}

type Running = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

impl Row {
    pub(super) fn is_claimed(&self, claims: Claims) -> bool {
        let protocol = match self.protocol {
            Protocol::Http1 => claims.http1,
            Protocol::Http2 => claims.http2,
        };
        protocol && (claims.wire || !self.needs_wire)
    }
}

macro_rules! rows {
    ($($protocol:ident $(($needs:ident))? $name:literal => $check:expr;)*) => {
        /// All promises.
        pub(super) const ROWS: &[Row] = &[$(Row {
            protocol: Protocol::$protocol,
            name: $name,
            needs_wire: rows!(@ $($needs)?),
            run: |bench| Box::pin(async move {
                $check(bench).await.map_err(|error: Box<dyn Error + Send + Sync>| error.to_string())
            }),
        }),*];
    };
    (@ wire) => { true };
    (@) => { false };
}

rows! {
    Http1 "a response of known length is followed to its end" =>
        |bench| http1::complete(bench, BodyPlan::Known(100));
    Http1 "a chunked response is followed to its end" =>
        |bench| http1::complete(bench, BodyPlan::Streamed(100_000));
    Http1 "a chunked response with trailers is followed to its end" =>
        |bench| http1::complete(bench, BodyPlan::Trailed(100_000));
    Http1 "a response of length 0 is followed" =>
        |bench| http1::complete(bench, BodyPlan::Known(0));
    Http1 "204 is followed" => |bench| http1::bodiless(bench, "GET", StatusCode::NO_CONTENT);
    Http1 "304 is followed" => |bench| http1::bodiless(bench, "GET", StatusCode::NOT_MODIFIED);
    Http1 "HEAD of a big resource is followed" =>
        |bench| http1::bodiless(bench, "HEAD", StatusCode::OK);
    Http1 "an error status is a no-go by default" => http1::error_status;
    Http1 "requests of one connection each have their own tasks" => http1::keep_alive;
    Http1 "nothing starts before a client that paused reads a body in chunks" =>
        |bench| http1::paused(bench, BodyPlan::Known(BIG));
    Http1 "nothing starts before a client that paused reads a body in one piece" =>
        |bench| http1::paused(bench, BodyPlan::Whole(BIG));
    Http1 "a client that hangs up while the handler works leaves no response" => http1::hang_up;
    Http1 "a client that closes within the body aborts" => |bench| http1::cut(bench, false);
    Http1 "a client that resets within the body aborts" => |bench| http1::cut(bench, true);
    Http1 (wire) "a client that closes before the body is flushed aborts" => http1::unflushed;
    Http1 "a client that resets after the last byte changes nothing" => http1::left_after;
    Http1 "pipelined requests each have their own tasks" => http1::pipelined;
    Http1 "a response to HTTP/1.0 is followed to its end" => http1::version_1_0;
    Http1 "a body that fails aborts" => |bench| http1::failing(bench, BodyPlan::Failing(100));
    Http1 "a body that panics aborts" => |bench| http1::failing(bench, BodyPlan::Panicking(100));
    Http1 "a body shorter than its length aborts" =>
        |bench| http1::failing(bench, BodyPlan::Short(100));
    Http1 "a handler that panics leaves no response" => http1::panic;
    Http2 "a response of known length is followed to its end" =>
        |bench| http2::complete(bench, BodyPlan::Known(100));
    Http2 "a streamed response is followed to its end" =>
        |bench| http2::complete(bench, BodyPlan::Streamed(100_000));
    Http2 "a response with trailers is followed to its end" =>
        |bench| http2::complete(bench, BodyPlan::Trailed(100_000));
    Http2 "a response without data is followed" =>
        |bench| http2::complete(bench, BodyPlan::Empty);
    Http2 "204 is followed" =>
        |bench| http2::bodiless(bench, Method::GET, StatusCode::NO_CONTENT);
    Http2 "304 is followed" =>
        |bench| http2::bodiless(bench, Method::GET, StatusCode::NOT_MODIFIED);
    Http2 "HEAD of a big resource is followed" =>
        |bench| http2::bodiless(bench, Method::HEAD, StatusCode::OK);
    Http2 "an error status is a no-go by default" => http2::error_status;
    Http2 "nothing starts before a client that paused reads a body in chunks" =>
        |bench| http2::paused(bench, BodyPlan::Known(1 << 20));
    Http2 "nothing starts before a client that paused reads a body in one piece" =>
        |bench| http2::paused(bench, BodyPlan::Whole(1 << 20));
    Http2 "a stream that stalls holds no other up" => http2::stalled_beside;
    Http2 "a client that resets while the handler works leaves no response" => http2::hang_up;
    Http2 (wire) "a client that resets a stalled stream aborts" => http2::reset;
    Http2 "a client that resets within the body aborts that stream alone" => http2::reset_within;
    Http2 "a client that closes within the body aborts" => http2::closed;
    Http2 (wire) "a client that closes with a stalled stream aborts" => http2::closed_stalled;
    Http2 "a body that fails aborts" => |bench| http2::failing(bench, BodyPlan::Failing(100));
    Http2 "a body that panics aborts" => |bench| http2::failing(bench, BodyPlan::Panicking(100));
    Http2 "a body shorter than its length aborts" =>
        |bench| http2::failing(bench, BodyPlan::Short(100));
    Http2 "a handler that panics leaves no response" => http2::panic;
}

fn ending(status: Option<StatusCode>, aborted: Option<Abort>, default: Outcome) -> Ending {
    Ending {
        status,
        aborted,
        default,
    }
}

/// The response was begun, and its client went away.
fn cut_off() -> Ending {
    ending(
        Some(StatusCode::OK),
        Some(Abort::Client),
        Outcome::Completed,
    )
}

/// The response was begun, and its body did not come to its end.
fn failed() -> Ending {
    let status = Some(StatusCode::OK);
    ending(status, Some(Abort::Body), Outcome::Completed)
}

fn no_response(why: Abort) -> Ending {
    ending(None, Some(why), Outcome::Skipped(Skip::NoResponse))
}

async fn ended_well(case: &Case) -> Checked<()> {
    let status = Some(StatusCode::OK);
    ended(case, ending(status, None, Outcome::Completed)).await
}

async fn ended(case: &Case, expected: Ending) -> Checked<()> {
    let found = case.ending().await;
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {expected:?}, found {found:?}").into())
}

fn not_started(case: &Case) -> Checked<()> {
    if case.has_started() {
        return Err("a task has started too early".into());
    }
    Ok(())
}
