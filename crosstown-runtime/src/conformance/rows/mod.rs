//! The promises, one function each.

mod early;
mod either;
mod http1;
mod http2;
mod judge;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use http::{Method, StatusCode};

use super::plan::{BodyPlan, Plan};
use super::{Bench, Claims};

/// What the steps of a row return.
pub(super) type Checked<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// More than the buffers of two kernels take, also of three quarters, in bytes.
const BIG: usize = 32 << 20;

/// A promise, and how it is checked.
pub(super) struct Row {
    pub(super) protocol: Protocol,
    pub(super) name: &'static str,
    needs: Option<Needs>,
    pub(super) run: fn(Bench) -> Running,
}

type Running = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// What only some adapters claim.
#[derive(Clone, Copy)]
enum Needs {
    Wire,
    KeepAlive,
    HangUps,
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
        let needs = match self.needs {
            None => true,
            Some(Needs::Wire) => claims.wire,
            Some(Needs::KeepAlive) => claims.keep_alive,
            Some(Needs::HangUps) => claims.hang_ups,
        };
        protocol && needs
    }
}

macro_rules! rows {
    ($($protocol:ident $(($needs:ident))? $name:literal => $check:expr;)*) => {
        /// All promises.
        pub(super) const ROWS: &[Row] = &[$(Row {
            protocol: Protocol::$protocol,
            name: $name,
            needs: rows!(@ $($needs)?),
            run: |bench| Box::pin(async move {
                $check(bench).await.map_err(|error: Box<dyn Error + Send + Sync>| error.to_string())
            }),
        }),*];
    };
    (@ $needs:ident) => { Some(Needs::$needs) };
    (@) => { None };
}

rows! {
    Http1 "a response of known length is followed to its end" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Known(100)));
    Http1 "a chunked response is followed to its end" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Streamed(100_000)));
    Http1 "a chunked response with trailers is followed to its end" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Trailed(100_000)));
    Http1 "a response of length 0 is followed" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Known(0)));
    Http1 "204 is followed" =>
        |bench| either::without_body(bench, Method::GET, StatusCode::NO_CONTENT);
    Http1 "304 is followed" =>
        |bench| either::without_body(bench, Method::GET, StatusCode::NOT_MODIFIED);
    Http1 "HEAD of a big resource is followed" =>
        |bench| either::without_body(bench, Method::HEAD, StatusCode::OK);
    Http1 "404 is a no-go by default" => |bench| either::complete(bench, NOT_FOUND);
    Http1 "500 is a no-go by default" => |bench| either::complete(bench, ERROR);
    Http1 "tasks are told the version of the request" => either::version;
    Http1 "tasks are told the bytes of the body" => either::bytes;
    Http1 (KeepAlive) "requests of one connection each have their own tasks" =>
        either::keep_alive;
    Http1 "tasks of the phase head start before the client can have the head" => early::head;
    Http1 "nothing starts before the client can have the end of a response of known length" =>
        |bench| early::end(bench, BodyPlan::Known(100));
    Http1 (Wire) "nothing starts before the client can have the end of a chunked response" =>
        |bench| early::end(bench, BodyPlan::Streamed(1000));
    Http1 (Wire) "nothing starts before the client can have the trailers" =>
        |bench| early::end(bench, BodyPlan::Trailed(1000));
    Http1 (Wire) "nothing starts before the client can have a response of length 0" =>
        |bench| early::end(bench, BodyPlan::Known(0));
    Http1 (Wire) "nothing starts before the client can have a 204, a 304, an answer to HEAD" =>
        early::end_of_head;
    Http1 "nothing starts before a client that paused reads a body in chunks" =>
        |bench| either::paused(bench, BodyPlan::Known(BIG));
    Http1 "nothing starts before a client that paused reads a body in one piece" =>
        |bench| either::paused(bench, BodyPlan::Whole(BIG));
    Http1 (HangUps) "a client that hangs up while the handler works gets no response" =>
        either::hang_up;
    Http1 "a client that closes within the body aborts" => |bench| http1::cut(bench, false);
    Http1 "a client that resets within the body aborts" => |bench| http1::cut(bench, true);
    Http1 (Wire) "a client that closes before the body is flushed aborts" => http1::unflushed;
    Http1 "a client that resets after the last byte changes nothing" => http1::left_after;
    Http1 (KeepAlive) "pipelined requests each have their own tasks" => http1::pipelined;
    Http1 "a response to HTTP/1.0 is followed to its end" => http1::version_1_0;
    Http1 "a body that fails aborts" => |bench| either::failing(bench, BodyPlan::Failing(100));
    Http1 "a body that panics aborts" => |bench| either::failing(bench, BodyPlan::Panicking(100));
    Http1 "a body shorter than its length aborts" =>
        |bench| either::failing(bench, BodyPlan::Short(100));
    Http1 "a handler that panics leaves no response, or that of who caught it" => either::panic;
    Http2 "a response of known length is followed to its end" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Known(100)));
    Http2 "a streamed response is followed to its end" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Streamed(100_000)));
    Http2 "a response with trailers is followed to its end" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Trailed(100_000)));
    Http2 "a response without data is followed" =>
        |bench| either::complete(bench, Plan::ok(BodyPlan::Empty));
    Http2 "204 is followed" =>
        |bench| either::without_body(bench, Method::GET, StatusCode::NO_CONTENT);
    Http2 "304 is followed" =>
        |bench| either::without_body(bench, Method::GET, StatusCode::NOT_MODIFIED);
    Http2 "HEAD of a big resource is followed" =>
        |bench| either::without_body(bench, Method::HEAD, StatusCode::OK);
    Http2 "404 is a no-go by default" => |bench| either::complete(bench, NOT_FOUND);
    Http2 "500 is a no-go by default" => |bench| either::complete(bench, ERROR);
    Http2 "tasks are told the version of the request" => either::version;
    Http2 "tasks are told the bytes of the body" => either::bytes;
    Http2 "requests of one connection each have their own tasks" => either::keep_alive;
    Http2 "tasks of the phase head start before the client can have the head" => early::head;
    Http2 (Wire) "nothing starts before the client can have the end of a response of known length" =>
        |bench| early::end(bench, BodyPlan::Known(100));
    Http2 (Wire) "nothing starts before the client can have the end of a streamed response" =>
        |bench| early::end(bench, BodyPlan::Streamed(1000));
    Http2 (Wire) "nothing starts before the client can have the trailers" =>
        |bench| early::end(bench, BodyPlan::Trailed(1000));
    Http2 (Wire) "nothing starts before the client can have a response without data" =>
        |bench| early::end(bench, BodyPlan::Empty);
    Http2 (Wire) "nothing starts before the client can have a 204, a 304, an answer to HEAD" =>
        early::end_of_head;
    Http2 "nothing starts before a client that paused reads a body in chunks" =>
        |bench| either::paused(bench, BodyPlan::Known(1 << 20));
    Http2 "nothing starts before a client that paused reads a body in one piece" =>
        |bench| either::paused(bench, BodyPlan::Whole(1 << 20));
    Http2 "a stream that stalls holds no other up" => http2::stalled_beside;
    Http2 (HangUps) "a client that resets while the handler works gets no response" =>
        either::hang_up;
    Http2 (Wire) "a client that resets a stalled stream aborts" => http2::reset;
    Http2 "a client that resets within the body aborts that stream alone" => http2::reset_within;
    Http2 "a client that closes within the body aborts" => http2::closed;
    Http2 (Wire) "a client that closes with a stalled stream aborts" => http2::closed_stalled;
    Http2 "a body that fails aborts" => |bench| either::failing(bench, BodyPlan::Failing(100));
    Http2 "a body that panics aborts" => |bench| either::failing(bench, BodyPlan::Panicking(100));
    Http2 "a body shorter than its length aborts" =>
        |bench| either::failing(bench, BodyPlan::Short(100));
    Http2 "a handler that panics leaves no response, or that of who caught it" => either::panic;
}

const NOT_FOUND: Plan = Plan::new(StatusCode::NOT_FOUND, BodyPlan::Known(10));
const ERROR: Plan = Plan::new(StatusCode::INTERNAL_SERVER_ERROR, BodyPlan::Known(10));
