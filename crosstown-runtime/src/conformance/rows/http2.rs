//! The promises of HTTP/2.

use http::{Method, StatusCode};

use super::super::case::{BodyPlan, Plan};
use super::super::client::{Http2, read};
use super::super::{Bench, PAUSE};
use super::{BIG, Checked, cut_off, ended, ended_well, ending, failed, no_response, not_started};
use crate::outcome::{Outcome, Skip};
use crate::sent::Abort;

pub(super) async fn complete(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    read(response.into_body()).await?;
    ended_well(&case).await
}

pub(super) async fn paused(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    tokio::time::sleep(PAUSE).await;
    not_started(&case)?;
    read(response.into_body()).await?;
    ended_well(&case).await
}

pub(super) async fn stalled_beside(bench: Bench) -> Checked<()> {
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

pub(super) async fn hang_up(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(10)).waiting());
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?;
    case.arrived().await;
    drop(response);
    ended(&case, no_response(Abort::HandlerDropped)).await
}

/// All of the body is handed over; its last byte, which finds no room in the
/// window, lies in the server's queue.
pub(super) async fn reset(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(65_536)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    tokio::time::sleep(PAUSE).await;
    drop(response);
    ended(&case, cut_off()).await
}

pub(super) async fn closed(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let mut client = Http2::connect(bench.address).await?;
    let _response = client.request(Method::GET, &case.path)?.await?;
    client.hang_up();
    ended(&case, cut_off()).await
}

/// The stream is stalled with its end in the server's queue.
pub(super) async fn closed_stalled(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(65_536)));
    let mut client = Http2::connect(bench.address).await?;
    let _response = client.request(Method::GET, &case.path)?.await?;
    tokio::time::sleep(PAUSE).await;
    client.hang_up();
    ended(&case, cut_off()).await
}

pub(super) async fn reset_within(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let other = bench.case(Plan::ok(BodyPlan::Known(10)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    drop(response);
    ended(&case, cut_off()).await?;
    let response = client.request(Method::GET, &other.path)?.await?;
    read(response.into_body()).await?;
    ended_well(&other).await
}

pub(super) async fn bodiless(bench: Bench, method: Method, status: StatusCode) -> Checked<()> {
    let body = match method {
        Method::HEAD => BodyPlan::Known(BIG),
        _ => BodyPlan::Empty,
    };
    let case = bench.case(Plan::new(status, body));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(method, &case.path)?.await?;
    read(response.into_body()).await?;
    ended(&case, ending(Some(status), None, Outcome::Completed)).await
}

pub(super) async fn error_status(bench: Bench) -> Checked<()> {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let case = bench.case(Plan::new(status, BodyPlan::Known(10)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?.await?;
    read(response.into_body()).await?;
    let default = Outcome::Skipped(Skip::NoGo(status));
    ended(&case, ending(Some(status), None, default)).await
}

pub(super) async fn failing(bench: Bench, body: BodyPlan) -> Checked<()> {
    let case = bench.case(Plan::ok(body));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?;
    // Read what there is, for the body to come to its fault.
    if let Ok(response) = response.await {
        drop(read(response.into_body()).await);
    }
    ended(&case, failed()).await
}

pub(super) async fn panic(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Empty).panicking());
    let mut client = Http2::connect(bench.address).await?;
    let response = client.request(Method::GET, &case.path)?;
    let ended = ended(&case, no_response(Abort::HandlerPanicked)).await;
    drop(response.await);
    ended
}
