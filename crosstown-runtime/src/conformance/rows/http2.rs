//! The promises of HTTP/2 alone.

use http::Method;
use tokio::time::sleep;

use super::judge::{cut_off, ended, ended_well, not_started};
use super::{BIG, Checked};
use crate::conformance::client::{Got, Http2, Incoming};
use crate::conformance::plan::{BodyPlan, Plan};
use crate::conformance::{Bench, PAUSE};

pub(super) async fn stalled_beside(bench: Bench) -> Checked<()> {
    // More than the window of the connection, and soon read.
    let stalled = bench.case(Plan::ok(BodyPlan::Known(1 << 20)));
    // Without data: the window of the connection is used up by the other.
    let other = bench.case(Plan::ok(BodyPlan::Empty));
    let mut client = Http2::connect(bench.address).await?;
    let first = client.begin(&Method::GET, &stalled).await?;
    let second = client.begin(&Method::GET, &other).await?;
    ended_well(&other, rest(second).await?).await?;
    not_started(&stalled)?;
    ended_well(&stalled, rest(first).await?).await
}

/// All of the body is handed over; its last byte, which finds no room in the
/// window, lies in the server's queue.
pub(super) async fn reset(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(65_536)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.begin(&Method::GET, &case).await?;
    let status = Some(response.status);
    sleep(PAUSE).await;
    drop(response);
    ended(&case, status, cut_off(&case)).await
}

pub(super) async fn closed(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.begin(&Method::GET, &case).await?;
    client.hang_up();
    ended(&case, Some(response.status), cut_off(&case)).await
}

/// The stream is stalled with its end in the server's queue.
pub(super) async fn closed_stalled(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Known(65_536)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.begin(&Method::GET, &case).await?;
    sleep(PAUSE).await;
    client.hang_up();
    ended(&case, Some(response.status), cut_off(&case)).await
}

pub(super) async fn reset_within(bench: Bench) -> Checked<()> {
    let case = bench.case(Plan::ok(BodyPlan::Streamed(BIG)));
    let other = bench.case(Plan::ok(BodyPlan::Known(10)));
    let mut client = Http2::connect(bench.address).await?;
    let response = client.begin(&Method::GET, &case).await?;
    let status = Some(response.status);
    drop(response);
    ended(&case, status, cut_off(&case)).await?;
    let response = client.begin(&Method::GET, &other).await?;
    ended_well(&other, rest(response).await?).await
}

/// Reads a response to its end.
async fn rest(mut response: Incoming) -> Checked<Got> {
    let bytes = response.rest().await?;
    let status = response.status;
    Ok(Got { status, bytes })
}
