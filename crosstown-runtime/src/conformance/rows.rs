//! The promises, one function each.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use http::{Method, StatusCode};

use super::case::{BodyPlan, Case, Ending, Plan};
use super::client::{Http1, Http2, read};
use super::{Bench, Claims, PAUSE};
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
        |bench| http1_complete(bench, BodyPlan::Known(100));
    Http1 "a chunked response is followed to its end" =>
        |bench| http1_complete(bench, BodyPlan::Streamed(100_000));
    Http1 "a chunked response with trailers is followed to its end" =>
        |bench| http1_complete(bench, BodyPlan::Trailed(100_000));
    Http1 "a response of length 0 is followed" =>
        |bench| http1_complete(bench, BodyPlan::Known(0));
    Http1 "204 is followed" => |bench| http1_bodiless(bench, "GET", StatusCode::NO_CONTENT);
    Http1 "304 is followed" => |bench| http1_bodiless(bench, "GET", StatusCode::NOT_MODIFIED);
    Http1 "HEAD of a big resource is followed" =>
        |bench| http1_bodiless(bench, "HEAD", StatusCode::OK);
    Http1 "an error status is a no-go by default" => http1_error_status;
    Http1 "requests of one connection each have their own tasks" => http1_keep_alive;
    Http1 "nothing starts before a client that paused reads a body in chunks" =>
        |bench| http1_paused(bench, BodyPlan::Known(BIG));
    Http1 "nothing starts before a client that paused reads a body in one piece" =>
        |bench| http1_paused(bench, BodyPlan::Whole(BIG));
    Http1 "a client that hangs up while the handler works leaves no response" => http1_hang_up;
    Http1 "a client that closes within the body aborts" => |bench| http1_cut(bench, false);
    Http1 "a client that resets within the body aborts" => |bench| http1_cut(bench, true);
    Http1 "a body that fails aborts" => http1_failing;
    Http1 "a handler that panics leaves no response" => http1_panic;
    Http2 "a response of known length is followed to its end" =>
        |bench| http2_complete(bench, BodyPlan::Known(100));
    Http2 "a streamed response is followed to its end" =>
        |bench| http2_complete(bench, BodyPlan::Streamed(100_000));
    Http2 "a response with trailers is followed to its end" =>
        |bench| http2_complete(bench, BodyPlan::Trailed(100_000));
    Http2 "a response without data is followed" =>
        |bench| http2_complete(bench, BodyPlan::Empty);
    Http2 "nothing starts before a client that paused reads a body in chunks" =>
        |bench| http2_paused(bench, BodyPlan::Known(1 << 20));
    Http2 "nothing starts before a client that paused reads a body in one piece" =>
        |bench| http2_paused(bench, BodyPlan::Whole(1 << 20));
    Http2 "a stream that stalls holds no other up" => http2_stalled_beside;
    Http2 "a client that resets while the handler works leaves no response" => http2_hang_up;
    Http2 (wire) "a client that resets a stalled stream aborts" => http2_reset;
    Http2 "a client that closes within the body aborts" => http2_closed;
    Http2 "a body that fails aborts" => http2_failing;
    Http2 "a handler that panics leaves no response" => http2_panic;
}

async fn http1_complete(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.response().await?;
    ended_well(&case).await
}

async fn http1_bodiless(bench: Bench, method: &str, status: StatusCode) -> Checked<()> {
    let body = match method {
        "HEAD" => BodyPlan::Known(BIG),
        _ => BodyPlan::Empty,
    };
    let case = bench.case(Plan::new(status, body));
    let mut client = Http1::connect(bench.address).await?;
    client.request(method, &case.path).await?;
    client.head().await?;
    let default = Outcome::Completed;
    ended(&case, ending(Some(status), None, default)).await
}

async fn http1_error_status(bench: Bench) -> Checked<()> {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let case = bench.case(Plan::new(status, BodyPlan::Known(10)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.response().await?;
    let default = Outcome::Skipped(Skip::NoGo(status));
    ended(&case, ending(Some(status), None, default)).await
}

async fn http1_keep_alive(bench: Bench) -> Checked<()> {
    let mut client = Http1::connect(bench.address).await?;
    let last = bench.case(Plan::ok(BodyPlan::Known(10)));
    for _ in 0..5 {
        let case = bench.case(Plan::ok(BodyPlan::Known(10)));
        client.request("GET", &case.path).await?;
        client.response().await?;
        ended_well(&case).await?;
        not_started(&last)?;
    }
    client.request("GET", &last.path).await?;
    client.response().await?;
    ended_well(&last).await
}

async fn http1_paused(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    case.arrived().await;
    tokio::time::sleep(PAUSE).await;
    not_started(&case)?;
    client.response().await?;
    ended_well(&case).await
}

async fn http1_hang_up(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)).waiting());
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    case.arrived().await;
    drop(client);
    ended(&case, no_response(Abort::HandlerDropped)).await
}

async fn http1_cut(bench: Bench, reset: bool) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    client.some(1000).await?;
    if reset {
        client.reset()?;
    } else {
        drop(client);
    }
    ended(&case, cut_off()).await
}

async fn http1_failing(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Failing(100)));
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    let default = Outcome::Completed;
    let status = Some(StatusCode::OK);
    ended(&case, ending(status, Some(Abort::Body), default)).await
}

async fn http1_panic(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Empty).panicking());
    let mut client = Http1::connect(bench.address).await?;
    client.request("GET", &case.path).await?;
    ended(&case, no_response(Abort::HandlerPanicked)).await
}

async fn http2_complete(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    read(response.into_body()).await?;
    ended_well(&case).await
}

async fn http2_paused(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    tokio::time::sleep(PAUSE).await;
    not_started(&case)?;
    read(response.into_body()).await?;
    ended_well(&case).await
}

async fn http2_stalled_beside(bench: Bench) -> Checked<()> {
    // More than the window of the connection, and soon read.
    let stalled = bench.case(Plan::ok(BodyPlan::Known(1 << 20)));
    // Without data: the window of the connection is used up by the other.
    let other = bench.case(Plan::ok(BodyPlan::Empty));
    let mut client = Http2::connect(bench.address).await?;
    let first = client.request(Method::GET, &stalled.path)?.await?;
    client.request(Method::GET, &other.path)?.await?;
    ended_well(&other).await?;
    not_started(&stalled)?;
    read(first.into_body()).await?;
    ended_well(&stalled).await
}

async fn http2_hang_up(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)).waiting());
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?;
    case.arrived().await;
    drop(response);
    ended(&case, no_response(Abort::HandlerDropped)).await
}

/// All of the body is handed over; its last byte, which finds no room in the
/// window, lies in the server's queue.
async fn http2_reset(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(65_536)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    tokio::time::sleep(PAUSE).await;
    drop(response);
    ended(&case, cut_off()).await
}

async fn http2_closed(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let mut client = Http2::connect(bench.address).await?;
    let _response = client.request(Method::GET, &case.path)?.await?;
    client.hang_up();
    ended(&case, cut_off()).await
}

async fn http2_failing(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Failing(100)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?;
    let default = Outcome::Completed;
    let status = Some(StatusCode::OK);
    let ended = ended(&case, ending(status, Some(Abort::Body), default)).await;
    drop(response.await);
    ended
}

async fn http2_panic(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Empty).panicking());
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?;
    let ended = ended(&case, no_response(Abort::HandlerPanicked)).await;
    drop(response.await);
    ended
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
